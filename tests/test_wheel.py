"""`pip install .` gives the whole service, working from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def installed(root, tmp_path_factory) -> Path:
    """The wheel, built from the source tree and unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def mobility(installed: Path, where: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-P", "-m", "mobility.cli", *arguments],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_wheel_carries_templates_messages_data_and_migrations(installed, root):
    for source, target in (
        ("templates", "mobility/templates"),
        ("mobility/static", "mobility/static"),
        ("mobility/migrations", "mobility/migrations"),
        ("mobility/demo/data", "mobility/demo/data"),
    ):
        files = {
            file.relative_to(root / source)
            for file in (root / source).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        carried = {
            file.relative_to(installed / target)
            for file in (installed / target).rglob("*")
            if file.is_file()
        }
        assert files - carried == set()
    for language in ("ru", "kk"):
        assert (installed / f"mobility/translations/{language}/LC_MESSAGES/messages.mo").exists()


def test_service_is_prepared_in_any_folder(installed, tmp_path):
    done = mobility(installed, tmp_path, "prepare")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "instance" / "mobility.db").exists()


def test_asking_for_help_makes_no_instance(installed, tmp_path):
    done = mobility(installed, tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert "prepare" in done.stdout
    assert list(tmp_path.iterdir()) == []

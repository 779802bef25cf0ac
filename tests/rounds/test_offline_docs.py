"""What docs/offline.md shows is what the commands print, in the order of the page.

`python -m tests.rounds.test_offline_docs` writes the blocks of the page anew.
"""

import re
import shlex
import tempfile
from pathlib import Path

from mobility.rounds.cli import commands

from .offline_files import ROOT, run

PAGE = ROOT / "docs" / "offline.md"
BLOCK = re.compile(r"```console\n\$ (?P<command>.+)\n(?P<shown>(?:.*\n)*?)```\n")


def printed(command: str) -> str:
    """What the command prints when run in this folder."""
    words = shlex.split(command)
    if words[:2] == ["head", "-n"]:
        lines = Path(words[3]).read_text(encoding="utf-8-sig").splitlines()[: int(words[2])]
    else:
        assert words[0] == "mobility"
        known = {command.name: command for command in commands}
        result = run(known[words[1]], *words[2:])
        lines = result.out + result.errors
    return "".join(f"{line}\n" for line in lines)


def page_as_run(folder: Path) -> str:
    """The page with what its commands print in a folder that has the files of the project."""
    for name in ("docs", "tests"):
        (folder / name).symlink_to(ROOT / name)
    return BLOCK.sub(
        lambda block: f"```console\n$ {block['command']}\n{printed(block['command'])}```\n",
        PAGE.read_text(encoding="utf-8"),
    )


def test_page_shows_what_the_commands_print(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    assert len(BLOCK.findall(page)) == 5
    assert page_as_run(tmp_path) == page


if __name__ == "__main__":
    import contextlib

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        fresh = page_as_run(Path(folder))
    PAGE.write_text(fresh, encoding="utf-8")

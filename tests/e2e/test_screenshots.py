"""The pictures in docs/ are those that `make screenshots` takes, and small enough to keep."""

from .screenshots import PICTURES, SIZES


def test_each_main_page_has_its_two_pictures(root):
    kept = {file.name: file.stat().st_size for file in (root / "docs/screenshots").iterdir()}
    assert set(kept) == {f"{name}-{width}.png" for name in PICTURES for width in SIZES}
    assert {name for name, size in kept.items() if size > 150 * 1024} == set()


def test_readme_shows_pictures_that_exist(root):
    shown = {
        part.partition(")")[0] for part in (root / "README.md").read_text().split("](docs/")[1:]
    }
    pictures = {name for name in shown if name.endswith(".png")}
    assert pictures
    assert {name for name in pictures if not (root / "docs" / name).is_file()} == set()

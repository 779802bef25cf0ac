"""The look: contrast of the tokens, and templates that a strict content policy accepts."""

import re
from itertools import chain, product
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "mobility" / "static"
CSS = (STATIC / "sapar.css").read_text()
PAGES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts)
STATES = ("neutral", "waiting", "good", "needs-you", "stopped")

# Every text colour with every ground it may stand on.
PAIRS = (
    *product(("ink", "ink-quiet", "teal", "teal-deep"), ("paper", "card", "sunken", "teal-soft")),
    *((state, f"{state}-soft") for state in STATES),
    *product(("ink",), (f"{state}-soft" for state in STATES)),
    *product(STATES, ("card", "paper", "sunken", "teal-soft")),
    ("on-teal", "teal"),
    ("on-teal", "teal-deep"),
    ("on-saffron", "saffron"),
)
# What is not text but must be seen: edges of fields, the ring of focus.
EDGES = tuple(product(("line-field", "focus", "teal"), ("paper", "card")))


def block(selector: str) -> dict[str, str]:
    """The colour tokens that the first block after `selector` sets."""
    body = CSS.split(selector, 1)[1].split("{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", body))


LIGHT = block("/* --- Tokens")
DARK = block('\n:root[data-bs-theme="dark"]')


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(("tokens", "light"), [(LIGHT, "light"), (DARK, "dark")], ids=lambda x: x)
def test_text_reads_on_every_ground(tokens, light):
    weak = {
        f"{text} on {ground}": round(contrast(tokens[text], tokens[ground]), 2)
        for text, ground in PAIRS
        if contrast(tokens[text], tokens[ground]) < 4.5
    }
    assert weak == {}, light


@pytest.mark.parametrize(("tokens", "light"), [(LIGHT, "light"), (DARK, "dark")], ids=lambda x: x)
def test_edges_and_focus_are_seen(tokens, light):
    weak = {
        f"{edge} on {ground}": round(contrast(tokens[edge], tokens[ground]), 2)
        for edge, ground in EDGES
        if contrast(tokens[edge], tokens[ground]) < 3
    }
    assert weak == {}, light


def test_dark_is_the_same_by_system_and_by_switch():
    assert block(':root:not([data-bs-theme="light"])') == DARK
    assert set(DARK) == set(LIGHT)


def test_every_used_token_is_set():
    used = set(re.findall(r"var\(--(?!bs-)([\w-]+)", CSS))
    local = {"state", "state-soft", "float", "radius"}
    assert used - local == set(LIGHT) & used


def test_every_state_has_its_icon_and_its_colour():
    icons = (ROOT / "templates" / "macros" / "icons.html").read_text()
    for state in STATES:
        assert f'name == "{state}"' in icons
        assert f".is-{state} {{ --state: var(--{state});" in CSS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_template_carries_no_inline_style_or_script(path):
    text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    assert re.findall(r"\sstyle\s*=", text) == []
    assert re.findall(r"<style", text) == []
    assert re.findall(r"<[^>]*\son[a-z]+\s*=", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"javascript:", text) == []


def test_nothing_is_loaded_from_another_origin():
    files = chain(PAGES, (p for p in STATIC.rglob("*") if p.suffix in {".css", ".js", ".svg"}))
    foreign = {
        path.relative_to(ROOT).as_posix(): found
        for path in files
        if (
            found := re.findall(
                r"(?:src|href|url|import|from)[=(\s]+[\"']?(?:https?:)?//[^\"')\s]+",
                path.read_text(),
            )
        )
    }
    assert foreign == {}

"""The page that checks a round without a server: opened from disk, in a real browser."""

import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from matching import POLICIES
from mobility.rounds.files import digest_in
from mobility.rounds.snapshot import canonical, digest_of
from tests.rounds.test_checking import QUOTAS, body_of, leaves, other, written

from .test_every_page import violations

VERDICTS = {
    "en": ("ACCEPTED", "REFUSED", "UNREADABLE"),
    "ru": ("ПРИНЯТО", "ОТКЛОНЕНО", "НЕ ЧИТАЕТСЯ"),
    "kk": ("ҚАБЫЛДАНДЫ", "ҚАБЫЛДАНБАДЫ", "ОҚЫЛМАЙДЫ"),
}
SAID = re.compile(f"^({'|'.join(word for words in VERDICTS.values() for word in words)})")
PAGE = Path(__file__).parents[2] / "docs" / "check-round.html"


@pytest.fixture(scope="module")
def page(chromium):
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    opened.goto(PAGE.as_uri())
    yield opened
    context.close()


def verdict(page, data: bytes, digest: str = "", number: str = "") -> str:
    file = {"name": "round.json", "mimeType": "application/json", "buffer": data}
    page.set_input_files("#file", file)
    page.fill("#digest", digest)
    page.fill("#number", number)
    page.press("#number", "Enter")
    expect(page.locator("#verdict")).to_have_text(SAID, timeout=10_000)
    return page.inner_text("#verdict")


@pytest.mark.parametrize("policy", POLICIES)
def test_the_page_accepts_what_was_published(page, policy):
    body = body_of(policy)
    data = written(body)
    assert verdict(page, data).startswith("ACCEPTED: the file holds together.")
    known = verdict(
        page, data, digest_in(data.decode()), body["snapshot"]["applicants"][2]["pseudonym"]
    )
    assert known == "ACCEPTED. It is the file whose digest you gave."
    assert "Row 3 is yours" in page.inner_text("#said")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_page_accepts_quotas_a_balance_and_minimums(page):
    body = body_of(quotas=QUOTAS, min_seats={"E": 3, "F": 2}, may_close={"F": True})
    assert verdict(page, written(body)).startswith("ACCEPTED")


def test_the_page_refuses_another_round_and_changed_bytes(page):
    data = written(body_of())
    assert "not the one that you gave" in verdict(page, data, "0" * 64)
    draw = random.Random(5)
    for _ in range(10):
        at = draw.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert verdict(page, changed).startswith("REFUSED: A byte was changed")
    assert verdict(page, b"{}").startswith("UNREADABLE")


def test_the_page_refuses_forged_inputs_and_results(page):
    original = canonical(body_of())
    draw = random.Random(9)
    ways = [
        way
        for way in leaves(json.loads(original))
        if way[0] in {"snapshot", "seeds", "lottery", "key"}
        or way[:2] in {("result", "ranks"), ("result", "prices")}
    ]
    for _ in range(25):
        body = json.loads(original)
        *way, last = draw.choice(ways)
        holder = body
        for key in way:
            holder = holder[key]
        holder[last] = other(holder[last], draw)
        if way[:1] == ["result"] and way[1] == "prices":
            body["result"]["prices"] = [str(int(price) + 100) for price in body["result"]["prices"]]
        body["snapshot_hash"] = digest_of(canonical(body["snapshot"]))
        assert verdict(page, written(body)).startswith(("REFUSED", "UNREADABLE")), way


@pytest.fixture
def speaking(chromium):
    """`speaking("kk-KZ")` opens the page in a browser of that language."""
    contexts = []

    def opened(locale: str):
        contexts.append(chromium.new_context(locale=locale, viewport={"width": 360, "height": 740}))
        page = contexts[-1].new_page()
        page.goto(PAGE.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def test_every_language_has_every_sentence_with_its_figures(page):
    words = page.evaluate("WORDS")
    assert list(words) == list(VERDICTS)
    figures = [
        {key: sorted(re.findall(r"{\w+}", said)) for key, said in sentences.items()}
        for sentences in words.values()
    ]
    assert figures[1:] == figures[:1] * 2
    used = set(re.findall(r'data-word="(\w+)"', PAGE.read_text(encoding="utf-8")))
    assert used <= words["en"].keys()
    same = [key for key in words["en"] if len({words[one][key] for one in words}) < len(words)]
    assert same == []


@pytest.mark.parametrize(
    ("locale", "language"), [("ru-RU", "ru"), ("kk-KZ", "kk"), ("en-GB", "en"), ("de-DE", "en")]
)
def test_the_page_speaks_the_language_of_the_browser(speaking, locale, language):
    page = speaking(locale)
    words = page.evaluate("WORDS")[language]
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title() == page.inner_text("h1") == words["title"]
    accepted, refused, unreadable = VERDICTS[language]
    data = written(body_of())
    assert verdict(page, data) == words["accepted"]
    assert words["accepted"].startswith(f"{accepted}: ")
    assert words["feasible"] in page.inner_text("#said")
    assert verdict(page, data, "0" * 64).startswith(f"{refused}: ")
    assert verdict(page, b"{}") == f"{unreadable}: {words['no_file']}"
    assert violations(page, locale) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_switch_works_by_keyboard_and_keeps_the_verdict(speaking):
    page = speaking("en-US")
    body = body_of()
    number = body["snapshot"]["applicants"][2]["pseudonym"]
    verdict(page, written(body), number=number)
    page.locator("#languages button[lang=ru]").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    words = page.evaluate("WORDS")["kk"]
    assert page.evaluate("document.documentElement.lang") == "kk"
    assert page.inner_text("#verdict") == words["accepted"]
    assert "Сіздің жолыңыз — 3" in page.inner_text("#said")
    pressed = page.locator("#languages [aria-pressed=true]")
    assert pressed.evaluate_all("all => all.map((one) => one.lang)") == ["kk"]
    assert page.input_value("#number") == number


@pytest.mark.parametrize("spoil", ["several", "pools"])
def test_the_page_says_which_rounds_it_does_not_check(page, spoil):
    body = body_of()
    if spoil == "several":
        body["snapshot"]["rules"]["max_credits"] = 150
    else:
        body["snapshot"]["quotas"].append({"group": "Q9", "counts": [1, 0]})
    said = verdict(page, written(body))
    assert said.startswith("UNREADABLE: This round gives several courses to one person")
    assert "mobility verify-round FILE" in said

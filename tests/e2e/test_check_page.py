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

SAID = re.compile("^(ACCEPTED|REFUSED|UNREADABLE)")
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

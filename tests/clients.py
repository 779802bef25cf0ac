"""A visitor: the test client, with a person signed in and pages read as text."""

import html
import re
from html.parser import HTMLParser

from flask import Flask


class Visitor:
    """A browser without JavaScript. `user` is signed in through the session, without the form."""

    def __init__(self, app: Flask, user=None) -> None:
        self.client = app.test_client()
        if user is not None:
            with self.client.session_transaction() as session:
                session["_user_id"] = user.get_id()
                session["_fresh"] = True
                session["language"] = "en"

    def get(self, address: str, **kwargs):
        return self.client.get(address, **kwargs)

    def post(self, address: str, data=None, **kwargs):
        return self.client.post(address, data=data, **kwargs)

    def read(self, address: str) -> str:
        """The words of a page, blanks folded. Fails if the page does not answer 200."""
        response = self.get(address, follow_redirects=True)
        assert response.status_code == 200, f"{address} answered {response.status_code}"
        return words(response.text)


def words(page: str) -> str:
    """What a person reads on a page: no tags, blanks folded."""
    page = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


class _Form(HTMLParser):
    """The fields of the first form in <main>, as a browser would send them untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = self._done = False
        self._select: str | None = None
        self._text: str | None = None
        _, _, main = page.partition("<main")
        self.feed(f"<main{main}")

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method", "").lower() == "post":
            self._inside = not self._done
        elif not self._inside:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "textarea":
            self._text = given.get("name")
            self.fields[self._text] = [""]
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or self._select not in self.fields)
        ):
            self.fields[self._select] = [given.get("value") or ""]

    def _input(self, given: dict) -> None:
        kind, name = given.get("type", "text"), given.get("name")
        if not name or kind in {"submit", "file", "button"}:
            return
        if kind not in {"radio", "checkbox"} or "checked" in given:
            self.fields.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None
        elif tag == "form" and self._inside:
            self._inside, self._done = False, True


def form_on(page: str) -> dict[str, list[str]]:
    """What the first form of a page would send as it stands."""
    return _Form(page).fields

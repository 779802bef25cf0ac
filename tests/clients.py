"""A visitor: the test client, with a person signed in and pages read as text."""

import html
import re

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

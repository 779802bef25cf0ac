"""Somebody at a browser: fills forms by the names of their fields, presses what they lead to.

Nothing is found by its words, so the same steps work in each language; and whatever is pressed,
and whatever the service answers, must be a sentence of the language's catalogue.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from .running import Service
from .sentences import Sentences

ERRORS = "main .error-summary li, main .field-error"
SENTENCES = (
    ".messages .notice-words:not(:has(form)), .messages .undo-words, .messages button, "
    ".top-nav a, main form .btn-primary"
)
WHAT_IT_SAYS = """selectors => [
    document.documentElement.lang,
    ...selectors.map(one => [...document.querySelectorAll(one)].map(part => part.innerText)),
]"""


class Actor:
    def __init__(self, service: Service, page: Page, sentences: Sentences) -> None:
        self.service, self.page, self.sentences = service, page, sentences
        self._form: Locator | None = None

    def go(self, address: str) -> None:
        self.page.goto(address)
        self._check_language()

    def fill(self, values: dict | None = None, /, **more: object) -> None:
        """Fill fields by name: text, select, radio or checkboxes."""
        for name, value in {**(values or {}), **more}.items():
            fields = self.page.locator(f"main form [name='{name}']")
            self._form = self.page.locator(f"main form:has([name='{name}'])")
            self._unfold(f"[name='{name}']")
            first = fields.first
            kind = first.evaluate("field => field.type")
            if kind in {"radio", "checkbox"}:
                choice = f"[value='{value}']" if value is not True else ""
                self.page.locator(f"main form [name='{name}']{choice}").first.check()
            elif kind == "select-one":
                first.select_option(str(value))
            else:
                first.fill(str(value))

    def send(self) -> None:
        """Press the button of the form that was filled last."""
        assert self._form is not None
        self._press(self._form.locator("button[type=submit]").first)

    def press(self, action: str) -> None:
        """Press the button of the form whose address ends so, opening its question first."""
        form = f"form[action$='{action}']"
        self._unfold(form)
        self._press(self.page.locator(f"main {form} button[type=submit]").first)

    def _unfold(self, inside: str) -> None:
        """Open the question behind which something lies."""
        closed = self.page.locator(f"main details:not([open]):has({inside})")
        if closed.count():
            closed.first.locator("summary").first.click()

    def press_named(self, name: str, value: str) -> None:
        self._press(self.page.locator(f"main button[name='{name}'][value='{value}']").first)

    def follow(self, selector: str) -> None:
        self._press(self.page.locator(selector).first)

    def _press(self, target: Locator) -> None:
        self.arrive(target.click)

    def arrive(self, act: Callable[[], object]) -> None:
        """Do what leads to another page, and read what it says."""
        with self.page.expect_navigation():
            act()
        self._check_language()

    def _check_language(self) -> None:
        language, errors, said = self.page.evaluate(WHAT_IT_SAYS, [ERRORS, SENTENCES])
        assert language == self.sentences.language, f"{self.page.url} is in {language}"
        assert not errors, f"{self.page.url} refuses: {errors}"
        for text in filter(None, said):  # what is folded away has no text
            assert self.sentences.knows(text), f"{self.page.url} says “{text}”, which no catalogue"

    def id_in_address(self, pattern: str) -> int:
        """The number in the present address, such as 7 for r"/calls/(\\d+)"."""
        found = re.search(pattern, self.page.url)
        assert found, f"{self.page.url} is not like {pattern}"
        return int(found[1])

    def reads(self, *texts: str) -> None:
        """The page says all of these, in this order."""
        page = " ".join(self.page.inner_text("main").split())
        at = -1
        for text in texts:
            following = page.find(text, at + 1)
            assert following > at, f"“{text}” does not stand (in its order) in: {page}"
            at = following

    def open_letter(self, address: str, link: str, number: int = 1) -> None:
        """Open the link like `link` in the latest mail to somebody."""
        letter = self.service.wait_for_letter(address, number)
        language, subject = letter["Content-Language"], letter["Subject"]
        assert language == self.sentences.language, f"“{subject}” to {address} is in {language}"
        assert self.sentences.knows(subject), f"no catalogue knows the subject “{subject}”"
        text = letter.get_body(("plain",)).get_content()
        found = re.search(rf"{re.escape(self.service.address)}({link}\S*)", text)
        assert found, f"no link {link} in: {text}"
        self.go(found[1])

    def tab_to(self, selector: str) -> None:
        """Reach an element with the Tab key alone."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("what => document.activeElement.matches(what)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

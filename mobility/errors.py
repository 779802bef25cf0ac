"""What can go wrong for a person, and the one handler that tells them."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response


class MobilityError(Exception):
    """A refusal whose message is for the person on the page: what happened, what to do."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(MobilityError):
    """The person may see this but not do it."""

    status = 403


class NotFound(MobilityError):
    """There is no such thing, or not for this person."""

    status = 404


class Conflict(MobilityError):
    """The state has moved on, or does not allow this step."""

    status = 409


class Invalid(MobilityError):
    """What was entered cannot stand; `field` names the form field that caused it.

    `others` is what else was found wrong in the same look: see `refuse_all`.
    """

    status = 422

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.others: list[Invalid] = []


def refuse_all(found: Iterable[Invalid]) -> None:
    """Raise all that was found wrong at once, nothing where nothing was."""
    if wrong := list(found):
        wrong[0].others = wrong[1:]
        raise wrong[0]


TITLES = {
    400: _l("This request cannot be carried out"),
    401: _l("Please sign in"),
    403: _l("You may not do this"),
    404: _l("Nothing stands at this address"),
    405: _l("This address does not take that request"),
    409: _l("This has changed in the meantime"),
    413: _l("This file is too large"),
    422: _l("Something you entered cannot stand"),
    429: _l("Too many attempts"),
    500: _l("Something went wrong on our side"),
}

ADVICE = {
    403: _l("If you think you should be allowed to, ask the coordinator of your institution."),
    404: _l("Check the address, or start again from the first page."),
    409: _l("Go back, look at the current state and decide again. Nothing you did has been lost."),
    413: _l("A file may have up to 10 MB. Save it smaller and try again."),
    429: _l("Wait a few minutes and try again."),
    500: _l("It has been recorded and nothing was half-saved. Please try again in a few minutes."),
}


def error_page(status: int, message: str = "") -> tuple[str, int]:
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    page = render_template(
        "errors/error.html",
        status=status,
        title=str(title),
        message=str(message),
        advice=str(ADVICE.get(status, "")),
    )
    return page, status


def pressed_on() -> str | None:
    """The page of ours on which the button of this request stands, as the browser names it.

    None for a form that stands at its own address: there “back” keeps what was typed.
    """
    before = urlsplit(request.referrer or "")
    addresses = current_app.create_url_adapter(request)
    if request.method != "POST" or before.netloc != request.host or addresses is None:
        return None
    stands = before.path != request.path and addresses.test(before.path, "GET")
    return request.referrer if stands else None


def _asks_for_json() -> bool:
    return request.is_json or request.accept_mimetypes.best == "application/json"


def init_app(app: Flask) -> None:
    """Answer every error with a page in the reader's language, or JSON where JSON was asked."""

    def answer(status: int, message: str = "") -> Response | tuple:
        if _asks_for_json():
            return {"error": str(message or TITLES.get(status, ""))}, status
        return error_page(status, message)

    @app.errorhandler(Conflict)
    @app.errorhandler(Invalid)
    def sent_back(error: Conflict | Invalid):
        """A press that cannot be carried out comes back to its page, which says why."""
        if not _asks_for_json() and (page := pressed_on()):
            flash(str(error.message), "needs-you")
            return redirect(page, 303)
        return answer(error.status, error.message)

    @app.errorhandler(MobilityError)
    def refused(error: MobilityError):
        return answer(error.status, error.message)

    @app.errorhandler(StaleDataError)
    def stale(error: StaleDataError):
        return answer(409, _("This was changed a moment before you sent it."))

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError):
        return answer(
            400,
            _("The form could not be checked. Open the page again and send it once more."),
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException):
        if error.code is None or error.code < 400:
            return error
        if error.response is not None:
            return error.response
        response = current_app.make_response(answer(error.code))
        kept = (header for header in error.get_headers() if header[0] in {"Allow", "Retry-After"})
        response.headers.extend(kept)
        return response

    @app.errorhandler(Exception)
    def bug(error: Exception):
        if current_app.testing or current_app.debug:
            raise error
        current_app.logger.exception("unhandled error", exc_info=error)
        g.failed = True  # this page may not ask the database who is reading
        return answer(500)

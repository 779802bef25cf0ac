"""Headers that tell the browser what this service never does."""

from flask import Flask, abort, g, request
from werkzeug.datastructures import ImmutableMultiDict

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def init_app(app: Flask) -> None:
    @app.before_request
    def take_out_nul() -> None:
        """No text holds NUL: PostgreSQL would fail on it, a spreadsheet end there.

        A form is kept without it and says at the field that it was there: see `forms.Form`.
        """
        if any("\0" in value for value in request.args.values()):
            abort(400)
        given = list(request.form.items(multi=True))
        g.held_nul = {name for name, value in given if "\0" in value}
        if g.held_nul:
            request.form = ImmutableMultiDict(
                (name, value.replace("\0", "")) for name, value in given
            )

    @app.after_request
    def protect(response):
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        if app.config["SECURE_COOKIES"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        response.headers.setdefault("Cache-Control", "no-store")  # static files say otherwise
        return response

"""Structured logs: one line an event, readable or JSON."""

import logging
import time
import uuid
from typing import Any

import structlog
from flask import Flask, g, request


def _path() -> str:
    """The path without what would let a reader of the log in: links sent by mail carry a token."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, "…") if token else request.path


def init_app(app: Flask) -> None:
    """Send our own events and the libraries' through structlog, with the request's id."""
    renderer = (
        structlog.processors.JSONRenderer()
        if app.config["LOG_JSON"]
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    log = structlog.get_logger("web")

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=uuid.uuid4().hex[:8])

    @app.after_request
    def finish(response):
        if request.endpoint != "static" and not app.testing:
            log.info(
                "request",
                method=request.method,
                path=_path(),
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            )
        return response

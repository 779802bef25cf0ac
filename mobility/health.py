"""Whether the service stands: for a load balancer, a monitor, an administrator."""

from flask import Flask, jsonify
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from .access import public
from .db import db


def init_app(app: Flask) -> None:
    @app.get("/health")
    @public
    def health():
        try:
            db.session.execute(text("SELECT 1"))
        except DBAPIError:
            return jsonify(status="no database"), 503
        return jsonify(status="ok")

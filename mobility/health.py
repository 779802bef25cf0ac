"""Whether the service stands: for a load balancer, a monitor, an administrator."""

from flask import Flask, jsonify
from sqlalchemy import text

from .access import public
from .db import db


def init_app(app: Flask) -> None:
    @app.get("/health")
    @public
    def health():
        db.session.execute(text("SELECT 1"))
        return jsonify(status="ok")

"""Every setting, read from MOBILITY_* variables over instance/config.py over these defaults."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask


@dataclass(frozen=True)
class Setting:
    """One MOBILITY_* variable: its name without the prefix, its default and what it does."""

    name: str
    default: Any
    about: str

    def read(self, text: str) -> Any:
        if isinstance(self.default, bool):
            return self._switch(text.strip().lower())
        if isinstance(self.default, int):
            return int(text)
        return text

    def _switch(self, word: str) -> bool:
        if word in {"1", "true", "yes", "on"}:
            return True
        if word in {"", "0", "false", "no", "off"}:
            return False
        raise ValueError(f"MOBILITY_{self.name} is on or off, not “{word}”")  # never off by a slip


CARRIERS = ("threads", "celery", "none")
DEFAULT_BASE_URL = "http://127.0.0.1:8000"

SETTINGS = (
    Setting("DATABASE_URL", "", "SQLAlchemy address; empty means instance/mobility.db"),
    Setting("SECRET_KEY", "", "signs cookies and links; empty means a key kept in instance/"),
    Setting("BASE_URL", DEFAULT_BASE_URL, "how people reach the service, for mailed links"),
    Setting("SMTP", "", "smtp://user:password@host:port; empty writes mail to instance/mail"),
    Setting("MAIL_FROM", "Sapar <noreply@sapar.example>", "the sender of every mail"),
    Setting("DOCUMENTS", "", "folder of what people upload; empty means instance/documents"),
    Setting("TIMEZONE", "Asia/Almaty", "zone of times shown to people not signed in"),
    Setting("SECURE_COOKIES", False, "send cookies over HTTPS only; switch on behind TLS"),
    Setting("TRUSTED_PROXIES", 0, "how many proxies in front set X-Forwarded-*"),
    Setting("RATE_LIMITS", True, "limit sign-in and registration attempts"),
    Setting(
        "RATE_STORE", "memory://", "where the attempts are counted; redis://… on many machines"
    ),
    Setting(
        "JOBS", "threads", "who carries background work: threads of the server, celery, or none"
    ),
    Setting("BROKER", "redis://127.0.0.1:6379/0", "what wakes Celery's workers"),
    Setting("JOB_THREADS", 2, "how many jobs one process carries at once"),
    Setting("JOB_LEASE_SECONDS", 30, "after so long without a heartbeat a job is taken over"),
    Setting("LOG_JSON", False, "write logs as JSON lines instead of readable ones"),
)


def instance_folder() -> Path:
    """The folder of everything this service keeps on disk: MOBILITY_INSTANCE or ./instance."""
    return Path(os.environ.get("MOBILITY_INSTANCE") or "instance").resolve()


def configure(app: Flask, overrides: dict[str, Any] | None = None) -> None:
    """Fill `app.config` with the settings and what Flask and its extensions derive from them."""
    for setting in SETTINGS:
        app.config[setting.name] = setting.default
    app.config.from_pyfile(str(Path(app.instance_path, "config.py")), silent=True)
    for setting in SETTINGS:
        if (text := os.environ.get(f"MOBILITY_{setting.name}")) is not None:
            app.config[setting.name] = setting.read(text)
    app.config.update(overrides or {})
    _derive(app)


def _derive(app: Flask) -> None:
    config = app.config
    if config["JOBS"] not in CARRIERS:
        raise ValueError(f"MOBILITY_JOBS is {', '.join(CARRIERS)}, not “{config['JOBS']}”")
    config["SQLALCHEMY_DATABASE_URI"] = config["DATABASE_URL"] or (
        f"sqlite:///{Path(app.instance_path, 'mobility.db')}"
    )
    config["SECRET_KEY"] = config["SECRET_KEY"] or _kept_key(Path(app.instance_path))
    # A database that was restarted leaves dead connections behind: ask before using one.
    config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
    config["SESSION_COOKIE_NAME"] = "sapar"
    config["SESSION_COOKIE_SAMESITE"] = "Lax"
    config["SESSION_COOKIE_HTTPONLY"] = True
    config["SESSION_COOKIE_SECURE"] = config["SECURE_COOKIES"]
    config["REMEMBER_COOKIE_HTTPONLY"] = True
    config["WTF_CSRF_TIME_LIMIT"] = None  # a form left open over lunch must not be lost
    config["MAX_CONTENT_LENGTH"] = 12 * 1024 * 1024
    config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    config["RATELIMIT_ENABLED"] = config["RATE_LIMITS"]
    config["RATELIMIT_STORAGE_URI"] = config["RATE_STORE"]
    config["BOOTSTRAP_SERVE_LOCAL"] = True
    config["BABEL_DEFAULT_TIMEZONE"] = config["TIMEZONE"]


def _kept_key(folder: Path) -> str:
    """The secret key of this instance, drawn once.

    Where the folder cannot hold it yet, a key for this process alone: sessions end with it.
    """
    file = folder / "secret_key"
    if file.exists():
        return file.read_text().strip()
    key = secrets.token_urlsafe(48)
    if not folder.is_dir():
        return key
    drawn = folder / f"secret_key.{secrets.token_hex(4)}"
    with open(drawn, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        out.write(key)
    try:
        os.link(drawn, file)  # appears whole, and only if no other worker was first
    except FileExistsError:
        pass
    finally:
        drawn.unlink()
    return file.read_text().strip()

"""Commands that prepare this service's folder and database and serve it."""

import os
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from . import config, create_app
from .children import end_with_parent
from .memory import keep_what_is_loaded
from .runner import start_runner

# A worker would wait for its jobs' computing; a job that is cut off is taken up at the next start.
STOP_SECONDS = 2
# A page waits so long for its turn, each time it has asked the database, while a job is at work.
SWITCH_SECONDS = 0.001


def make_app() -> Flask:
    """The service as a server runs it: background work is carried in the same process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    end_with_parent()  # a server killed outright must not leave a worker on its port
    app = create_app()
    if app.config["JOBS"] == "threads":
        start_runner(app)
    keep_what_is_loaded()
    return app


def prepare_instance() -> None:
    """Make the instance folder and bring the database up to the newest migration."""
    folder = Path(current_app.instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n!.gitignore\n")
    upgrade()


@click.command()
@with_appcontext
def prepare() -> None:
    """Bring the database up to the newest migration, making it where there is none."""
    click.echo("Bringing the database up to date …")
    prepare_instance()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Processes that answer requests.")
@with_appcontext
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages with granian."""
    prepare_instance()
    from granian import Granian  # a server is only needed here
    from granian.constants import Interfaces

    if current_app.config["BASE_URL"] == config.DEFAULT_BASE_URL:  # for links in mail
        os.environ["MOBILITY_BASE_URL"] = f"http://{host}:{port}"
    click.echo(f"Sapar answers at http://{host}:{port} (stop with Ctrl+C)")
    Granian(
        "mobility.running:make_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=2,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


@click.command()
@click.option("--threads", type=click.IntRange(1), help="How many jobs at once.")
@with_appcontext
def worker(threads: int | None) -> None:
    """Carry background work in this process, where MOBILITY_JOBS=celery."""
    if current_app.config["JOBS"] != "celery":
        raise click.ClickException(
            "The server carries its jobs itself. Set MOBILITY_JOBS=celery for both."
        )
    click.echo("Waiting for work (stop with Ctrl+C)")
    keep_what_is_loaded()
    current_app.extensions["mobility.jobs"].work(threads or current_app.config["JOB_THREADS"])


commands = [prepare, serve, worker]

"""The command that makes a service's first administrator."""

import sys

import click
from flask.cli import with_appcontext

from ..db import transaction
from ..errors import MobilityError
from ..running import prepare_instance
from .passwords import LEAST_LETTERS, hash_password
from .people import make_admin


@click.command("create-admin")
@click.argument("email")
@click.option("--name", default="", help="Name of the person; the address where it is left out.")
@click.option("--language", type=click.Choice(["en", "ru", "kk"]), default="en", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def create_admin(email: str, name: str, language: str, password_stdin: bool) -> None:
    """Make an administrator, or make the person with this address one."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < LEAST_LETTERS:
        raise click.ClickException(f"use at least {LEAST_LETTERS} characters for the password")
    prepare_instance()
    password_hash = hash_password(password)
    try:
        with transaction():
            make_admin(
                email=email, name=name or email, language=language, password_hash=password_hash
            )
    except MobilityError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{email} is an administrator and can sign in.")


commands = [create_admin]

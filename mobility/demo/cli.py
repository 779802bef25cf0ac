"""`mobility demo`: fill an empty service with the demonstration and say whom to sign in as."""

from textwrap import fill as wrap
from time import perf_counter

import click
from flask.cli import with_appcontext

from ..db import transaction
from . import queries
from .filling import clear, fill
from .guide import PASSWORD


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing where the service holds data already.")
@with_appcontext
def demo(if_empty: bool) -> None:
    """Fill an empty service with the demonstration: the Chelyabinsk forum as data."""
    with transaction(write=False):
        empty, begun = queries.is_empty(), queries.is_demonstration()
        accounts, shared = queries.filled_accounts(), queries.holds_people_of_its_own()
    if begun and accounts is None and not shared:
        click.echo("The last filling was interrupted; starting over.")
        clear()
    elif not empty:
        if not if_empty:
            raise click.ClickException(
                "This service holds data already; the demonstration fills only an empty one."
                " Set MOBILITY_INSTANCE to a new folder to have both."
            )
        if accounts is not None:
            _tell(accounts)
        return
    _tell(_fill())


def _fill() -> list[dict[str, str]]:
    click.echo("Filling the empty service with the demonstration …")
    begun = perf_counter()
    accounts = fill(lambda line: click.echo(f"  {line}"))
    click.echo(f"Filled in {perf_counter() - begun:.0f} seconds.")
    return accounts


def _tell(accounts: list[dict[str, str]]) -> None:
    click.echo(
        wrap(
            "This is a demonstration. Universities are real; agreements and people are invented."
            f" Sign in on this machine with the password {PASSWORD} as:"
        )
    )
    columns = [max(len(account[name]) for account in accounts) for name in ("role", "email")]
    for account in accounts:
        role, email = account["role"].ljust(columns[0]), account["email"].ljust(columns[1])
        click.echo(f"  {role}  {email}  {account['sees']}")


commands = [demo]

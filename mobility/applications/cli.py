"""The command that compares what is stored of documents with what the database knows."""

import click
from flask.cli import with_appcontext

from . import storage
from .handing import compare_store


@click.command("check-documents")
@click.option("--remove-stray", is_flag=True, help="Remove files that no row names.")
@with_appcontext
def check_documents(remove_stray: bool) -> None:
    """Compare the uploaded files with the database: after a restore, and now and then.

    Ends with 1 where a file is missing or changed. A stray file is one that no row names and that
    is older than a day.
    """
    found = compare_store()
    for word, names in (
        ("missing", found.missing),
        ("changed", found.changed),
        ("stray", found.stray),
    ):
        for name in names:
            click.echo(f"{word}: {name}")
    click.echo(f"{found.sound} sound in {storage.folder()}")
    if remove_stray:
        for name in found.stray:
            storage.discard(name)
        click.echo(f"{len(found.stray)} stray removed")
    if found.missing or found.changed:
        raise SystemExit(1)


commands = (check_documents,)

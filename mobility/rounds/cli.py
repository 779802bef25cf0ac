"""The offline commands: they read files and write files, and open no database."""

import secrets
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from mobility.i18n import LANGUAGES, standalone

from ..db import transaction
from ..tables import read_table, refuse_target, write_table
from ..tables.grid import Cell, Dialect, Problem, Table, Unwritable, shown
from . import queries
from .checking import Refused, Unreadable, check_file
from .files import digest_in
from .offline import checks, columns, job, simulation, summary

BAD_INPUT = 2
MANY = 2_000
"""Applicants from which the match takes long enough to be announced."""

_FILE = click.Path(path_type=Path, readable=False)  # what cannot be read is told with the rest
_language = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="Language of messages, column names and reasons.",
)


def _known_policy(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """The policy's name; what there is, only the solver knows."""
    from matching import POLICIES  # numpy: no other command should wait for it

    known = value.lower().replace("-", "_")
    if known not in POLICIES:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(POLICIES)}.")
    return known


@click.command()
@click.argument("places", type=_FILE)
@click.argument("requests", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="File for the result, .csv or .xlsx.")
@click.option(
    "--policy",
    callback=_known_policy,
    default="linear_assignment",
    show_default=True,
    help="linear_assignment, deferred_acceptance or serial_dictatorship.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    help="Seed of the lottery that breaks ties; drawn and printed without it.",
)
@_language
def match(
    places: Path, requests: Path, out: Path, policy: str, seed: int | None, language: str
) -> None:
    """Match ranked requests to places with seats, from two tables to a third.

    PLACES has the columns code, institution, title, seats; REQUESTS has applicant, merit,
    choice_1, choice_2, … with place codes. Both may be CSV or XLSX, the names in English,
    Russian or Kazakh. Nothing is written when anything is wrong.
    """
    with standalone(language):
        _survive_poor_terminals()
        refused = refuse_target(out, places, requests)
        place_table, request_table = read_table(places), read_table(requests)
        known = checks.places_of(place_table)
        usable = place_table.complete and bool(known)
        wishes, limit = checks.requests_of(
            request_table, [place.code for place in known] if usable else None
        )
        _stop_if_wrong(refused, place_table, request_table)
        _tell_read(place_table, columns.PLACES)
        _tell_read(request_table, columns.REQUESTS, with_choices=True)
        seed = secrets.randbelow(2**31) if seed is None else seed
        if len(wishes) >= MANY:
            click.echo(_("Matching %(count)d applicants …", count=len(wishes)), err=True)
        outcome = job.match(known, wishes, limit=limit, policy=policy, seed=seed)
        rows = job.placement_rows(outcome)
        header = [columns.name(field, language) for field in columns.PLACEMENTS]
        _write(out, header, rows, request_table.dialect or _usual_dialect(language))
        click.echo()
        for line in summary.outcome_lines(outcome, encoding=sys.stdout.encoding):
            click.echo(line)
        click.echo(summary.written_line(str(out), len(rows)))


@click.command()
@click.argument("places", type=_FILE)
@click.option("--applicants", type=click.IntRange(0, 200_000), required=True, help="How many.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), required=True, help="Same seed, same requests."
)
@click.option("--out", type=_FILE, required=True, help="File for the requests, .csv or .xlsx.")
@click.option(
    "--choices",
    type=click.IntRange(1, 50),
    default=5,
    show_default=True,
    help="How many choices each may make.",
)
@_language
def simulate_requests(
    places: Path, applicants: int, seed: int, out: Path, choices: int, language: str
) -> None:
    """Invent plausible requests for PLACES, so that anyone can try `match`.

    Popular places are asked for more often; people mostly ask for their own field and only
    for their own level; merit is drawn. Nobody behind a row is real.
    """
    with standalone(language):
        _survive_poor_terminals()
        refused = refuse_target(out, places)
        table = read_table(places)
        known = checks.places_of(table)
        _stop_if_wrong(refused, table)
        _tell_read(table, columns.PLACES)
        invented = simulation.simulate_requests(
            known, applicants=applicants, seed=seed, choices=choices
        )
        fields = [
            *columns.REQUESTS,
            *columns.KNOWN_EXTRAS,
            *(columns.choice_field(rank) for rank in range(1, choices + 1)),
        ]
        header = [columns.name(field, language) for field in fields]
        rows: list[list[Cell]] = [
            [
                request.applicant,
                request.merit,
                request.level,
                request.field,
                *request.choices,
                *[None] * (choices - len(request.choices)),
            ]
            for request in invented
        ]
        _write(out, header, rows, table.dialect or _usual_dialect(language))
        click.echo(summary.written_line(str(out), len(rows)))
        click.echo(_("Every applicant in it is invented (seed %(seed)d).", seed=seed))


@click.command("export-round")
@click.argument("round_id", metavar="ROUND", type=int)
@click.option("--out", type=_FILE, required=True, help="File to write.")
@click.option("--second", is_flag=True, help="The file of its second round.")
@with_appcontext
def export_round(round_id: int, out: Path, second: bool) -> None:
    """Write the file by which a published round is checked, or its second round.

    ROUND is the number in the address of the round's page.
    """
    with transaction(write=False):
        round_ = queries.get_round(round_id)
        if round_ is None:
            raise click.ClickException(f"there is no round {round_id}")
        if round_.published_run is None:
            raise click.ClickException(f"round {round_id} is not published yet")
        if second:
            published = queries.published_second_round(round_)
            if published is None:
                raise click.ClickException(f"round {round_id} has no published second round")
            text = queries.text_of_second_file(published)
        else:
            text = queries.text_of_file(round_)
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{out}: digest {digest_in(text)}")


@click.command("verify-round")
@click.argument("file", type=_FILE)
@click.option("--digest", help="The digest from the page of the round or from your letter.")
@_language
def verify_round(file: Path, digest: str | None, language: str) -> None:
    """Check the file of a published round: lottery, feasibility, proof, result.

    Exit status: 0 accepted, 1 refused, 2 unreadable. No database is opened.
    """
    with standalone(language):
        _survive_poor_terminals()
        try:
            data = file.read_bytes()
        except OSError as error:
            click.echo(f"{file}: {error.strerror}", err=True)
            raise SystemExit(BAD_INPUT) from error
        try:
            report = check_file(data, digest.strip().lower() if digest else None)
        except Unreadable as error:
            click.echo(f"{file}: {error}", err=True)
            raise SystemExit(BAD_INPUT) from error
        except Refused as error:
            click.echo(_("REFUSED: %(why)s", why=error), err=True)
            raise SystemExit(1) from error
        for line in report.said:
            click.echo(f"  {line}")
        click.echo(
            _("ACCEPTED. It is the file whose digest you gave.")
            if digest
            else _(
                "ACCEPTED: the file holds together. That it is the published one is shown only by"
                " --digest with the digest from the page of the round."
            )
        )


def _stop_if_wrong(refused: Iterable[str], *tables: Table) -> None:
    lines = list(refused)
    for table in tables:
        lines += map(str, sorted(set(table.problems), key=_place_in_file))
    if lines:
        _fail(lines)


def _place_in_file(problem: Problem) -> tuple[int, int, str]:
    return problem.line, problem.column, problem.text


def _fail(lines: list[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    click.echo(_("Nothing was written; errors found: %(count)d.", count=len(lines)), err=True)
    raise SystemExit(BAD_INPUT)


def _write(out: Path, header: list[str], rows: list[list[Cell]], dialect: Dialect) -> None:
    try:
        write_table(out, header, rows, dialect)
    except Unwritable as error:
        _fail(list(error.texts))


def _tell_read(table: Table, fields: tuple[str, ...], *, with_choices: bool = False) -> None:
    """How many rows were read, and what was not: guesses and omissions are never silent."""
    click.echo(summary.read_line(table.file, len(table.rows)))
    if table.dialect and table.dialect.encoding.name != "utf-8":
        click.echo("  " + _("read as Windows-1251"))
    if table.sheets_left:
        names = ", ".join(f"“{shown(name)}”" for name in table.sheets_left)
        click.echo("  " + _("sheets not read: %(names)s", names=names))
    ignored = checks.ignored_columns(table, fields, with_choices=with_choices)
    if ignored:
        names = ", ".join(f"“{shown(name)}”" for name in ignored)
        click.echo("  " + _("columns not used: %(names)s", names=names))


def _usual_dialect(language: str) -> Dialect:
    """For CSV made from a workbook: what Excel opens in columns where that language is spoken."""
    return Dialect(delimiter="," if language == "en" else ";")


def _survive_poor_terminals() -> None:
    """A terminal without a letter shows a question mark for it, rather than stop the job."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


commands = [match, simulate_requests, export_round, verify_round]

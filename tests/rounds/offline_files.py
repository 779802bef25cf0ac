"""Running the offline commands on files made on the spot."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import xlsxwriter
from click.testing import CliRunner

from mobility.rounds import cli

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"

PLACES = "code,institution,title,seats\nA1,Uni,Lab,2\nB2,Uni,Shop,1\n"
REQUESTS = "applicant,merit,choice_1,choice_2\np1,90,A1,B2\np2,80,B2,\n"


@dataclass
class Run:
    code: int
    out: list[str]
    errors: list[str]


def run(command, *arguments) -> Run:
    """Run one of the commands; a bug in it is raised here, not hidden in an exit code."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Run(result.exit_code, result.stdout.splitlines(), result.stderr.splitlines())


def match(*arguments) -> Run:
    return run(cli.match, *arguments)


def simulate(*arguments) -> Run:
    return run(cli.simulate_requests, *arguments)


def save(folder: Path, name: str, content: str | bytes | list[list[object]]) -> Path:
    """A file with this text (as UTF-8), these bytes, or these rows as a workbook."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_bytes(content.encode())
    else:
        save_workbook(path, content)
    return path


def save_workbook(path: Path | BytesIO, rows: list[list[object]]) -> None:
    """Rows of text and numbers; a function in a cell writes itself (sheet, row, column)."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if callable(cell):
                    cell(book, sheet, line, column)
                elif cell is not None:
                    sheet.write(line, column, cell)


def grid(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]

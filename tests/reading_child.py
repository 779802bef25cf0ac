"""A process that reads every file of a folder as an import does, and tells how much memory it took.

Prints the number of files and by how many bytes the peak grew beyond that of reading a small one.
"""

import resource
import sys
from pathlib import Path

from mobility.i18n import standalone
from mobility.tables import table_of
from mobility.tables.imports import LIMITS

from .archives import workbook


def peak() -> int:
    """The most memory so far, in bytes; macOS counts bytes and Linux kilobytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main(folder: Path) -> None:
    with standalone("en"):
        table_of("small.xlsx", workbook([("code",), ("A1",)]), LIMITS)
        before, number = peak(), 0
        for path in sorted(folder.iterdir()):
            with path.open("rb") as file:
                table_of(path.name, file.read(LIMITS.bytes + 1), LIMITS)
            number += 1
    print(number, peak() - before)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

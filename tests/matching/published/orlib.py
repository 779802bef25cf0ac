"""OR-Library's linear assignment problems."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np

from tests.matching.published.case import Case, Cases


def assignments(folder: Path) -> Cases:
    for entry in json.loads((folder / "manifest.json").read_text())["instances"]:
        text = gzip.decompress((folder / entry["file"]).read_bytes())
        assert hashlib.sha256(text).hexdigest() == entry["sha256_uncompressed"]
        numbers = np.array(text.split(), dtype=np.int64)
        n, body = int(numbers[0]), numbers[1:]
        assert n == entry["n"]
        if entry["format"].startswith("dense"):
            row, column = np.divmod(np.arange(n * n), n)
            cost = body[: n * n]
        else:
            triples = body.reshape(-1, 3)
            triples = triples[np.argsort(triples[:, 0], kind="stable")]
            row, column, cost = triples[:, 0] - 1, triples[:, 1] - 1, triples[:, 2]
        indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))])
        yield Case(
            file=entry["file"],
            name=entry["name"],
            arguments={
                "indptr": indptr,
                "offer": column,
                "capacity": np.ones(n, int),
                "cost": cost,
            },
            size=n,
            total=entry["optimum"],
        )

"""Files as people and others send them: each says whether it is to be accepted, and as what."""

from . import cells, texts, workbooks
from .frame import ACCEPTED, DAMAGES, EITHER, File, Sample, as_csv, files

__all__ = [
    "ACCEPTED",
    "DAMAGES",
    "EITHER",
    "File",
    "Sample",
    "as_csv",
    "cells",
    "files",
    "texts",
    "workbooks",
]

"""The applicant's forms, and those of the people who check."""

from .applications import (
    LONGEST_TEXT,
    ApproveForm,
    BulkForm,
    ExcludeForm,
    PrePlaceForm,
    RankingForm,
    ReadmitForm,
    RejectForm,
    ReleaseForm,
    ReopenForm,
    ReturnForm,
    ScoreField,
    ScoreForm,
    Versioned,
    ranking_form,
)

__all__ = [
    "LONGEST_TEXT",
    "ApproveForm",
    "BulkForm",
    "ExcludeForm",
    "PrePlaceForm",
    "RankingForm",
    "ReadmitForm",
    "RejectForm",
    "ReleaseForm",
    "ReopenForm",
    "ReturnForm",
    "ScoreField",
    "ScoreForm",
    "Versioned",
    "ranking_form",
]

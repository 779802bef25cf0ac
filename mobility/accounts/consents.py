"""What people are asked to agree to. A changed wording gets a new version."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Wording:
    """One consent: its kind, the version of its wording, the sentence agreed to."""

    kind: str
    version: str
    text: Any


PERSONAL_DATA = Wording(
    "personal-data",
    "1",
    _l(
        "I agree that my university keeps what I enter here to carry out academic mobility, and"
        " that the partner university sees it once I am placed there."
    ),
)

"""What a row of an import says of a person's studies or work, as their profile keeps it."""

from dataclasses import dataclass, fields

from ..partners.models import OrganisationalUnit
from .models import Cefr, Profile, User
from .services import Standing, describe_profile


@dataclass(frozen=True)
class Particulars:
    """What somebody is eligible by. Complete, or as far as it is known.

    The names are those of the columns; `languages` are (language, level) by language.
    """

    unit: OrganisationalUnit | None = None
    position: str = ""
    eqf_level: int | None = None
    isced_field: str | None = None
    study_year: int | None = None
    grade_average: float | None = None
    credits_earned: float | None = None
    earlier_mobilities: int | None = None
    languages: tuple[tuple[str, Cefr], ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """{column: cell} that says the same."""
        numbers = ("grade_average", "credits_earned", "earlier_mobilities")
        return {
            "unit": self.unit.code if self.unit else "",
            "position": self.position,
            "eqf_level": str(self.eqf_level or ""),
            "isced_field": self.isced_field or "",
            "study_year": str(self.study_year or ""),
            **{name: _as_text(getattr(self, name)) for name in numbers},
            "languages": "; ".join(f"{language} {cefr.value}" for language, cefr in self.languages),
        }


COLUMNS_OF_PROFILE = frozenset(field.name for field in fields(Particulars))


def _as_text(number: float | None) -> str:
    return "" if number is None else format(number, ".15g")


def particulars_of(profile: Profile) -> Particulars:
    return Particulars(
        profile.unit,
        profile.position,
        profile.eqf_level,
        profile.isced_field,
        profile.study_year,
        profile.grade_average,
        profile.credits_earned,
        profile.earlier_mobilities,
        tuple(sorted((skill.language, skill.cefr) for skill in profile.skills)),
    )


def write_particulars(user: User, particulars: Particulars, *, actor: User) -> None:
    """Let the profile say what an import says."""
    describe_profile(
        user,
        unit_id=particulars.unit.id if particulars.unit else None,
        eqf_level=particulars.eqf_level,
        isced_field=particulars.isced_field or "",
        study_year=particulars.study_year,
        position=particulars.position,
        skills=dict(particulars.languages),
        standing=Standing(
            particulars.grade_average,
            particulars.credits_earned,
            particulars.earlier_mobilities,
        ),
        actor=actor,
    )

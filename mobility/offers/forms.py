"""Forms of calls and of the places offered in them, and the filters of the catalogue."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from .. import isced
from ..accounts.forms import unfold
from ..accounts.models import EQF_LEVELS
from ..agreements.forms import (
    FieldsOfStudy,
    FilterForm,
    cefr_choices,
    language_choices,
    level_field,
    optional_id,
    title_field,
)
from ..agreements.models import CooperationCondition, Direction
from ..agreements.queries import this_year
from ..agreements.words import academic_year
from ..forms import Form, Versioned, stripped
from ..i18n import city_of_zone, languages_by_name, reader_zone
from ..laboratories.models import Slot
from ..laboratories.words import slot_day, slot_times
from ..partners.models import Institution, OrganisationalUnit
from ..projects.models import Project
from .fields import MomentField, NumberField, TimetableField
from .models import POLICIES, Call, VacatedSeats
from .terms import term_text


def direction_of(value: Any) -> Direction:
    return value if isinstance(value, Direction) else Direction(value)


def vacated_of(value: Any) -> VacatedSeats:
    return value if isinstance(value, VacatedSeats) else VacatedSeats(value)


def text_field(label: Any, most: int, hint: Any = "") -> TextAreaField:
    return TextAreaField(label, filters=[stripped], validators=[Length(max=most)], description=hint)


def reason_field(hint: Any) -> TextAreaField:
    return TextAreaField(
        _l("Reason of the change"),
        filters=[stripped],
        validators=[Length(max=2000)],
        description=hint,
    )


def whole(label: Any, least: int, most: int, missing: Any, hint: Any = "") -> IntegerField:
    """A whole number that must be given; the message says the limits."""
    return IntegerField(
        label, validators=[InputRequired(missing), NumberRange(least, most)], description=hint
    )


class CallForm(Versioned):
    direction = RadioField(
        _l("What people go for"),
        coerce=direction_of,
        validators=[InputRequired(_l("Choose what people go for."))],
    )
    title_en = title_field(_l("Title in English"), _l("Give it in at least one language."))
    title_ru = title_field(_l("Title in Russian"))
    title_kk = title_field(_l("Title in Kazakh"))
    term = SelectField(_l("Term"), validators=[InputRequired(_l("Choose the term."))])
    opens_at = MomentField(
        _l("Opens at"), validators=[InputRequired(_l("Give the day and time of the opening."))]
    )
    closes_at = MomentField(
        _l("Deadline"), validators=[InputRequired(_l("Give the day and time of the deadline."))]
    )
    mending_until = MomentField(
        _l("Mending until"),
        validators=[InputRequired(_l("Give the day and time until which people may mend."))],
        description=_l(
            "An application that a coordinator returns may be mended until then; its ranks stay."
        ),
    )
    min_choices = whole(
        _l("Least number of choices"), 1, 20, _l("Give the least number of choices."),
        _l("The more choices you ask for, the fewer people stay without a place."),
    )  # fmt: skip
    max_choices = whole(
        _l("Greatest number of choices"), 1, 20, _l("Give the greatest number of choices.")
    )
    max_credits = NumberField(
        _l("Most credits a student may take"),
        validators=[Optional()],
        description=_l(
            "For courses: the ECTS credits that the courses of one student may have together."
            " Empty: everybody gets one course."
        ),
    )
    teams = BooleanField(
        _l("a student and a teacher may apply as a team"),
        description=_l(
            "For joint research: a team takes a seat of each kind, or none. Needs linear"
            " assignment."
        ),
    )
    merit_weight = whole(
        _l("Weight of merit"), 0, 100, _l("Give the weight of merit, from 0 to 100."),
        _l("0 leaves the score out; 1 lets a score of 100 count double. Usually 1."),
    )  # fmt: skip
    policy = SelectField(
        _l("Rule by which places are given"),
        description=_l("Linear assignment places the most people and is what most calls take."),
    )
    keeps_annual_quotas = BooleanField(
        _l("keep the mobilities per year that the agreements name"),
        description=_l(
            "Placements of the same academic year that live already count. Needs linear assignment."
        ),
    )
    balance_tolerance = IntegerField(
        _l("Greatest difference of the exchange between two universities"),
        validators=[Optional(), NumberRange(0, 10_000)],
        description=_l(
            "People going one way less people going the other way, in the academic year and over"
            " all directions. Empty: no balance is kept. It may cost seats; the public page says"
            " how many. Needs linear assignment."
        ),
    )
    answer_days = whole(
        _l("Days to answer"), 1, 60, _l("Give people from 1 to 60 days to answer."),
        _l("How long a person may take to accept a place. Silence declines."),
    )  # fmt: skip
    vacated = RadioField(
        _l("Declined seats"),
        coerce=vacated_of,
        validators=[InputRequired(_l("Say what becomes of declined seats."))],
    )
    vacated_until = MomentField(
        _l("Declined seats are given until"),
        validators=[Optional()],
        description=_l("Empty where they stay empty."),
    )
    appeal_days = whole(
        _l("Days to appeal"), 0, 60, _l("Give from 0 to 60 days to appeal."),
        _l("Counted from the publication of the results. 0: no appeals."),
    )  # fmt: skip
    public_file = BooleanField(
        _l("the file to check the round may open to everybody"),
        description=_l(
            "Without names, and only if everybody in it agrees and at least 50 people take part."
            " Otherwise participants, both partners and administrators get it. Cannot be switched"
            " on after the opening."
        ),
    )
    decided_with_id = SelectField(
        _l("Decided together with"),
        coerce=optional_id,
        validators=[Optional()],
        description=_l(
            "One round decides both calls at once, by the same rules and one lottery, so that a"
            " balance of exchange can count both ways. Until either has opened."
        ),
    )
    shows_chances = BooleanField(
        _l("show chances before the deadline"),
        description=_l(
            "Likely, possible or unlikely, from simulated rounds; never live demand. Only by"
            " deferred acceptance and serial dictatorship: by the other rules somebody could get"
            " a place by acting on them, so the page says why there are none."
        ),
    )
    rules_en = text_field(_l("Rules in English"), 20_000)
    rules_ru = text_field(_l("Rules in Russian"), 20_000)
    rules_kk = text_field(_l("Rules in Kazakh"), 20_000)
    reason = reason_field(_l("Kept on the record. Needed once the call has opened."))

    def __init__(self, call: Call | None = None, leads: Iterable[Call] = (), **kwargs: Any) -> None:
        super().__init__(obj=call, **kwargs)
        self.decided_with_id.choices = unfold(
            *((one.id, f"{one.title}, {term_text(one.term)}") for one in leads),
            blank=_("no other call"),
        )
        self.direction.choices = unfold(*((one.value, one.label) for one in Direction))
        self.policy.choices = unfold(*POLICIES.items())
        self.vacated.choices = unfold(*((one.value, one.label) for one in VacatedSeats))
        now = this_year()
        terms = {f"{y}/{y + 1}-{half}" for y in range(now, now + 4) for half in (1, 2)}
        if call is not None:
            terms.add(call.term)
        self.term.choices = unfold(*((one, term_text(one)) for one in sorted(terms)))

    @property
    def zone_note(self) -> str:
        return _("Times are in your time zone: %(city)s.", city=city_of_zone(reader_zone().key))

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, by the names of the call's attributes."""
        return _values(self, {"reason", "version", "csrf_token"})


def _values(form: Form, left_out: set[str]) -> dict[str, Any]:
    return {
        name: "" if field.data is None and isinstance(field, StringField) else field.data
        for name, field in form._fields.items()
        if name not in left_out
    }


def condition_label(condition: CooperationCondition) -> str:
    return _(
        "%(sending)s → %(receiving)s, %(count)s a year, %(first)s–%(last)s (%(agreement)s)",
        sending=condition.sending.name,
        receiving=condition.receiving.name,
        count=condition.mobilities_per_year,
        first=academic_year(condition.first_year),
        last=academic_year(condition.last_year),
        agreement=condition.agreement.title,
    )


def slot_label(slot: Slot) -> str:
    return f"{slot.equipment.title}: {slot_day(slot)}, {slot_times(slot)}"


class OfferForm(Versioned):
    """What every place has."""

    condition = SelectField(
        _l("Condition of an agreement"),
        coerce=optional_id,
        validators=[InputRequired(_l("Choose the condition under which people come."))],
        description=_l("Only conditions in force in the call's academic year stand here."),
    )
    unit = SelectField(
        _l("Faculty or department that receives"), coerce=optional_id, validators=[Optional()]
    )
    code = StringField(
        _l("Code"),
        filters=[stripped],
        validators=[Length(max=40)],
        description=_l("Empty: the next free number."),
    )
    title_en = title_field(_l("Title in English"), _l("Give it in at least one language."))
    title_ru = title_field(_l("Title in Russian"))
    title_kk = title_field(_l("Title in Kazakh"))
    description_en = text_field(_l("Description in English"), 10_000)
    description_ru = text_field(_l("Description in Russian"), 10_000)
    description_kk = text_field(_l("Description in Kazakh"), 10_000)
    requirements_en = text_field(
        _l("Requirements in English"),
        5_000,
        _l("What people need beside language, level and field, such as prerequisites."),
    )
    requirements_ru = text_field(_l("Requirements in Russian"), 5_000)
    requirements_kk = text_field(_l("Requirements in Kazakh"), 5_000)
    seats = whole(_l("Seats"), 1, 500, _l("Give the seats: a whole number from 1 to 500."))
    min_seats = whole(
        _l("Least number of people"), 0, 500, _l("Give the least number of people; 0 for none."),
        _l("0: even one person may come. Part of the rules that are frozen at the opening."),
    )  # fmt: skip
    may_close = BooleanField(
        _l("stay empty if the least number is not reached"),
        description=_l("Otherwise the round has to bring so many people."),
    )
    language = SelectField(
        _l("Language of the place"), validators=[InputRequired(_l("Choose the language."))]
    )
    cefr = SelectField(_l("Level of the language needed (CEFR)"), validators=[Optional()])
    eqf_levels = level_field(
        _l("Levels of study"), _l("None ticked means every level that the agreement admits.")
    )
    isced_fields = FieldsOfStudy(
        _l("Fields of study (ISCED-F 2013)"),
        validators=[Optional()],
        description=_l("None ticked means every field that the agreement admits."),
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Give the first day."))])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(_l("Give the last day."))])
    supervisor = StringField(
        _l("Supervisor or teacher"), filters=[stripped], validators=[Length(max=200)]
    )
    reason = reason_field(
        _l("Kept on the record. Needed when an open place changes after the call has opened.")
    )
    own: tuple[str, ...] = ()

    def __init__(
        self,
        conditions: Iterable[CooperationCondition],
        units: Iterable[OrganisationalUnit],
        *,
        present_language: str | None = None,
        whole_institution: bool = True,
        projects: Iterable[Project] = (),
        slots: Iterable[Slot] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if "project" in self:
            self["project"].choices = unfold(
                *((one.id, one.title) for one in projects), blank=_("none")
            )
        if "slot" in self:
            del self.starts_on, self.ends_on
            self["slot"].choices = unfold(
                *((one.id, slot_label(one)) for one in slots), blank=_("choose")
            )
        self.condition.choices = unfold(
            *((one.id, condition_label(one)) for one in conditions), blank=_("choose")
        )
        blank = _("all of the institution") if whole_institution else _("choose")
        self.unit.choices = unfold(
            *((unit.id, f"{unit.institution.name}: {unit.name}") for unit in units), blank=blank
        )
        self.language.choices = unfold(*language_choices(present_language), blank=_("choose"))
        self.cefr.choices = unfold(*cefr_choices(), blank=_("none"))

    @property
    def values(self) -> dict[str, Any]:
        """What the form says; `condition` and `unit` are ids still."""
        return _values(self, {"reason", "version", "csrf_token"})


def project_field() -> SelectField:
    return SelectField(
        _l("Joint project"),
        coerce=optional_id,
        validators=[Optional()],
        description=_l("The place stands on the page of the project."),
    )


class InternshipForm(OfferForm):
    hours_per_week = whole(_l("Hours a week"), 1, 60, _l("Give the hours a week, from 1 to 60."))
    own = ("hours_per_week",)


class CourseForm(OfferForm):
    seats = whole(
        _l("Seats kept for guests"), 1, 500, _l("Give the seats: a whole number from 1 to 500.")
    )
    course_code = StringField(
        _l("Code in the course catalogue"), filters=[stripped], validators=[Length(max=40)]
    )
    ects = NumberField(_l("ECTS credits"), validators=[InputRequired(_l("Give the ECTS credits."))])
    local_credits = NumberField(_l("Credits of the receiving country"), validators=[Optional()])
    hours = IntegerField(_l("Contact hours in all"), validators=[Optional(), NumberRange(1, 2000)])
    timetable = TimetableField(
        _l("Weekly timetable"),
        description=_l(
            "Like “Mon 10:00-11:30; Wed 10:00-11:30”, in the time of the receiving university."
            " Nobody gets two courses that meet at one time."
        ),
    )
    own = ("course_code", "ects", "local_credits", "hours", "timetable")


class ResearchForm(OfferForm):
    seats = whole(
        _l("Seats for students"), 0, 500, _l("Give the seats: a whole number from 0 to 500.")
    )
    staff_seats = whole(
        _l("Seats for teachers"), 0, 500, _l("Give the seats: a whole number from 0 to 500."),
        _l("A student and a teacher who apply as a team take one of each, or none."),
    )  # fmt: skip
    project = project_field()
    own = ("staff_seats", "project")


class ProgrammeForm(OfferForm):
    hours = whole(_l("Hours of the programme"), 1, 2000, _l("Give the hours of the programme."))
    certificate = StringField(
        _l("Certificate at the end"),
        filters=[stripped],
        validators=[Length(max=200)],
        description=_l("What it is called and how many hours it names."),
    )
    own = ("hours", "certificate")


class SlotForm(OfferForm):
    slot = SelectField(
        _l("Slot"),
        coerce=optional_id,
        validators=[InputRequired(_l("Choose the slot that is given."))],
        description=_l("Slots ahead in the calendars of open equipment; the call keeps its seats."),
    )
    project = project_field()
    own = ("slot", "project")


OFFER_FORMS: dict[Direction, type[OfferForm]] = {
    Direction.INTERNSHIP: InternshipForm,
    Direction.COURSES: CourseForm,
    Direction.RESEARCH: ResearchForm,
    Direction.PROFESSIONAL_DEVELOPMENT: ProgrammeForm,
    Direction.LABORATORIES: SlotForm,
}


class CatalogueFilter(FilterForm):
    q = StringField(_l("Words"), filters=[stripped])
    direction = SelectField(_l("What for"), validators=[Optional()])
    language = SelectField(_l("Language"), validators=[Optional()])
    level = SelectField(_l("Level of study"), coerce=optional_id, validators=[Optional()])
    field = SelectField(_l("Field of study"), validators=[Optional()])
    institution = SelectField(_l("University"), coerce=optional_id, validators=[Optional()])
    open = BooleanField(_l("only calls that are open now"))

    def __init__(
        self, institutions: Iterable[Institution], languages: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        everything = _("all")
        self.direction.choices = unfold(
            *((one.value, one.label) for one in Direction), blank=everything
        )
        self.language.choices = unfold(*languages_by_name(languages), blank=everything)
        self.level.choices = unfold(*EQF_LEVELS.items(), blank=everything)
        groups = dict(isced.choices("broad"))
        self.field.choices = [
            *unfold(blank=everything),
            *unfold(*groups.items()),
            *unfold(*isced.choices("narrow")),
        ]
        self.institution.choices = unfold(
            *((one.id, one.name) for one in institutions), blank=everything
        )

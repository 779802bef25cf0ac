"""Forms about documents: what a call asks for, the upload, the rejection."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FormField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from ...accounts.forms import unfold
from ...accounts.models import Cefr
from ...agreements.forms import cefr_choices, language_choices
from ...errors import Conflict, Invalid
from ...forms import Form, stripped
from ..models import AskedDocument, DocumentKind
from .applications import LONGEST_TEXT

LONGEST_NOTE = 500
NOT_ASKED = "no"


def _note(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[stripped], validators=[Length(max=LONGEST_NOTE)])


def _title(kind: DocumentKind) -> str:
    return str(kind.label).capitalize()


class AskedForm(Form):
    """How a call asks for one kind of document."""

    class Meta(Form.Meta):
        csrf = False  # a part of the call's form, which carries the token

    asked = SelectField(_l("Asked for"), default=NOT_ASKED)
    note_en = _note(_l("Note in English"))
    note_ru = _note(_l("Note in Russian"))
    note_kk = _note(_l("Note in Kazakh"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked.choices = unfold(
            (NOT_ASKED, _("not asked for")),
            ("required", _("required")),
            ("optional", _("optional")),
        )


class AskingForm(Form):
    """What a call asks for: a part for each kind, named by its value."""

    @property
    def demands(self) -> dict[DocumentKind, dict[str, Any]]:
        """The kinds that are asked for, with what belongs to each."""
        return {
            kind: {
                "required": part.asked.data == "required",
                **{name: part[name].data or "" for name in ("note_en", "note_ru", "note_kk")},
            }
            for kind in DocumentKind
            if (part := self[kind.value].form).asked.data != NOT_ASKED
        }

    def refuse(self, error: Invalid | Conflict) -> None:
        """A part has no errors of its own: they stand at its first field."""
        named = error.field if isinstance(error, Invalid) else None
        if named in {kind.value for kind in DocumentKind}:
            self[named].form.asked.errors = [error.message]
        else:
            super().refuse(error)


def asking_form(present: Collection[AskedDocument]) -> AskingForm:
    """The form of a call, filled with what it asks for at present."""
    parts = {kind.value: FormField(AskedForm, label=_title(kind)) for kind in DocumentKind}
    data = {
        one.kind.value: {
            "asked": "required" if one.required else "optional",
            "note_en": one.note_en,
            "note_ru": one.note_ru,
            "note_kk": one.note_kk,
        }
        for one in present
    }
    return type("AskingFormOfCall", (AskingForm,), parts)(data=data)


class UploadForm(Form):
    """A file for each kind, named by its value, and what a language certificate shows."""

    certified_language = SelectField(_l("Language it certifies"), default="")
    certified_level = SelectField(_l("Level it certifies"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.certified_language.choices = unfold(*language_choices(), blank=_("choose"))
        self.certified_level.choices = unfold(*cefr_choices(), blank=_("choose"))

    def validate_certified_level(self, field: Any) -> None:
        if self.certified_language.data and not field.data:
            raise ValidationError(_("Choose the level of this language."))

    def validate_certified_language(self, field: Any) -> None:
        if self.certified_level.data and not field.data:
            raise ValidationError(_("Choose the language of this level."))

    @property
    def uploads(self) -> dict[DocumentKind, Any]:
        """The files that were chosen."""
        chosen = {kind: self[kind.value].data for kind in DocumentKind if kind.value in self}
        return {kind: file for kind, file in chosen.items() if file}

    @property
    def level(self) -> tuple[str, Cefr] | None:
        """What the certificate shows, where both parts were given."""
        language, level = self.certified_language, self.certified_level
        if language.errors or level.errors or not (language.data and level.data):
            return None
        return language.data, Cefr(level.data)

    def refuse_uploads(self, refused: Mapping[DocumentKind, str]) -> None:
        """Show at each file why it was not kept."""
        for kind, message in refused.items():
            self[kind.value].errors = [message]

    def ask_for_level(self) -> None:
        """Say that a certificate is kept but counts only with its language and level."""
        if not self.certified_language.errors and not self.certified_level.errors:
            message = _("The certificate is kept. Say which language and level it certifies.")
            self.certified_language.errors = [message]


def upload_form(kinds: Collection[DocumentKind], shown: tuple[str, Cefr] | None) -> UploadForm:
    """The form over these kinds; `shown`: what the present certificate is said to show."""
    fields = {kind.value: FileField(_title(kind)) for kind in DocumentKind if kind in kinds}
    data = {"certified_language": shown[0], "certified_level": shown[1].value} if shown else {}
    return type("UploadFormOfCall", (UploadForm,), fields)(data=data)


class RejectDocumentForm(Form):
    text = TextAreaField(
        _l("Reason of the rejection"),
        description=_l("The applicant reads it."),
        filters=[stripped],
        validators=[InputRequired(), Length(max=LONGEST_TEXT)],
    )

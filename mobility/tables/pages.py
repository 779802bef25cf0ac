"""What import pages of all rooms do: take a file, show its plan, carry it to the confirmation."""

from base64 import b64decode, b64encode
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from ..errors import Invalid
from ..forms import Form
from . import imports


class ImportForm(Form):
    """A file, and in the forms of rooms what else decides how it is understood.

    Confirming sends the same again without the file: `confirmed` is that form.
    """

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])

    @classmethod
    def confirmed(cls, *args: Any, **kwargs: Any) -> Any:
        """The form as it comes back with the confirmation, without its file."""
        form = cls(*args, **kwargs)
        del form.file
        return form

    def sent(self) -> tuple[str, bytes]:
        """Name and bytes of the file, no more than it takes to see that they are too many."""
        with self.file.data.stream as stream:
            return self.file.data.filename or "", stream.read(imports.LIMITS.bytes + 1)

    @property
    def kept(self) -> dict[str, Any]:
        """What the confirmation sends again besides the file."""
        return {
            name: field._value() if hasattr(field, "_value") else field.data or ""
            for name, field in self._fields.items()
            if name not in {"file", "csrf_token"}
        }


def carried() -> tuple[str, bytes]:
    """The file as the preview carried it along: nothing is stored before it is confirmed."""
    try:
        data = b64decode(request.form.get("content", ""), validate=True)
    except ValueError:
        raise Invalid(_("The file did not arrive whole. Choose it again.")) from None
    return request.form.get("name", ""), data


def confirm(plan: imports.Plan) -> None:
    """Raise Conflict where the plan is not the one that was shown to whoever confirms it."""
    plan.confirm(request.form.get("digest", ""))


def preview(
    template: str, form: Any, plan: imports.Plan | None, data: bytes = b"", **context: Any
) -> tuple[str, int]:
    """The page with the form, what is wrong in the file or what it would do, and the status."""
    carry = {}
    if plan is not None:
        content = b64encode(data).decode()
        carry = {"name": plan.table.file, "content": content, "digest": plan.digest, **form.kept}
    page = render_template(template, form=form, plan=plan, carry=carry, **context)
    wrong = form.errors or (plan is not None and plan.table.problems)
    return page, 422 if wrong else 200

"""What a student says of their studies and languages; eligibility is decided by it."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Invalid
from .. import services
from ..forms import ProfileForm
from .blueprint import bp, local_path


@bp.route("/profile", methods=["GET", "POST"])
@guard("profile:manage")
def profile() -> Any:
    form = ProfileForm(current_user.institution.units, **_present(current_user.profile))
    if form.validate_on_submit():
        try:
            services.describe_studies(
                current_user,
                unit_id=form.unit_id.data,
                eqf_level=form.eqf_level.data,
                isced_field=form.isced_field.data,
                study_year=form.study_year.data,
                skills=form.skills_given,
                actor=current_user,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Your studies and languages are saved."), "good")
            return redirect(local_path(request.args.get("next")), 303)
    return render_template("accounts/profile.html", form=form), 422 if form.errors else 200


def _present(profile: Any) -> dict[str, Any]:
    """What the form starts with: the profile as it stands, and two empty rows of languages."""
    if profile is None:
        return {"data": {"eqf_level": 6, "study_year": 1, "skills": [{}] * 4}}
    known = [{"language": skill.language, "cefr": skill.cefr.value} for skill in profile.skills]
    return {
        "data": {
            "unit_id": profile.unit_id,
            "eqf_level": profile.eqf_level,
            "isced_field": profile.isced_field,
            "study_year": profile.study_year,
            "skills": [*known, {}, {}],
        }
    }

"""What applicants say of their studies or work and languages; eligibility is decided by it."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...errors import Invalid
from .. import queries, services
from ..forms import ProfileForm
from .blueprint import bp, local_path


@bp.route("/profile", methods=["GET", "POST"])
@guard("profile:manage")
def profile() -> Any:
    form = ProfileForm(
        current_user.institution.units,
        studies=current_user.is_student,
        works=current_user.is_staff,
        scale=queries.grade_scale_of(current_user.institution_id),
        **_present(current_user.profile),
    )
    if form.validate_on_submit():
        try:
            services.describe_profile(
                current_user,
                actor=current_user,
                skills=form.skills_given,
                standing=services.Standing(**form.standing),
                **form.values,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Your profile is saved."), "good")
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
            "eqf_level": profile.eqf_level or 6,
            "isced_field": profile.isced_field,
            "study_year": profile.study_year or 1,
            "position": profile.position,
            "grade_average": profile.grade_average,
            "credits_earned": profile.credits_earned,
            "earlier_mobilities": profile.earlier_mobilities,
            "skills": [*known, {}, {}],
        }
    }

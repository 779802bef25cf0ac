"""Named views of the pipeline: kept from its page, renamed and removed on a page of their own."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from .. import services
from ..forms import ViewForm
from ..models import SavedView
from ..queries import get_saved_view
from .blueprint import bp
from .pipeline import filters_of, page_of_pipeline


@bp.post("/pipeline/views")
@guard("application:review-any")
def save_view() -> Any:
    filters = filters_of(request.form)
    form = ViewForm()
    status = form.attempt(
        lambda: services.save_view(form.name.data or "", filters.address(), current_user)
    )
    if status != 200:
        return page_of_pipeline(filters, form), status
    flash(_("The view “%(name)s” is saved.", name=form.name.data), "good")
    return redirect(url_for(".pipeline", **filters.address()), 303)


@bp.get("/pipeline/views/<int:view_id>")
@guard("saved-view:edit", get_saved_view)
def saved_view(view: SavedView) -> Any:
    return _page(view, ViewForm(formdata=None, obj=view))


@bp.post("/pipeline/views/<int:view_id>")
@guard("saved-view:edit", get_saved_view)
def rename_view(view: SavedView) -> Any:
    form = ViewForm()
    status = form.attempt(lambda: services.rename_view(view, form.name.data or "", current_user))
    if status != 200:
        return _page(view, form), status
    flash(_("The view is now called “%(name)s”.", name=view.name), "good")
    return redirect(url_for(".pipeline", **view.filters), 303)


@bp.post("/pipeline/views/<int:view_id>/remove")
@guard("saved-view:edit", get_saved_view)
def remove_view(view: SavedView) -> Any:
    flash(_("The view “%(name)s” is removed.", name=view.name), "good")
    services.remove_view(view, current_user)
    return redirect(url_for(".pipeline"), 303)


def _page(view: SavedView, form: ViewForm) -> str:
    return render_template("applications/saved_view.html", view=view, form=form)

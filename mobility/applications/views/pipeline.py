"""The coordinator's pipeline: the steps with their counts, and the list behind each."""

from typing import Any

from flask import render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ...access import guard
from ...accounts.views.blueprint import own_transaction
from ...agreements.models import Direction
from ...numbers import is_number, page_asked, plain_number
from ...offers.models import Call
from ..counting import changes_in_round
from ..exporting import export_pipeline
from ..forms import ViewForm
from ..models import ApplicationStatus
from ..queries import (
    MINE,
    NOBODYS,
    PER_PAGE,
    SORTS,
    Filters,
    calls_in_pipeline,
    holders_in_pipeline,
    pipeline_counts,
    pipeline_page,
    saved_views,
    units_in_pipeline,
)
from .blueprint import bp

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS = tuple(status for status in ApplicationStatus if status is not ApplicationStatus.DRAFT)


def filters_of(given: Any) -> Filters:
    """The filters that an address or a form carries; what makes no sense is left out."""
    status = given.get("status", "")
    direction = given.get("direction", "")
    assigned = given.get("assigned", "")
    known = assigned in {MINE, NOBODYS} or is_number(assigned)
    return Filters(
        direction=Direction(direction) if direction in {one.value for one in Direction} else None,
        call=given.get("call", type=plain_number),
        status=ApplicationStatus(status) if status in {step.value for step in STEPS} else None,
        unit=given.get("unit", type=plain_number),
        assigned=assigned if known else "",
        q=given.get("q", "").strip()[:100],
        sort=given.get("sort", "name") if given.get("sort") in SORTS else "name",
    )


@bp.get("/pipeline")
@guard("application:review-any")
def pipeline() -> Any:
    return page_of_pipeline(filters_of(request.args), ViewForm(formdata=None))


@bp.get("/pipeline/file")
@guard("application:review-any")
@own_transaction
def export() -> Any:
    """What the filters show, on every page, as a workbook."""
    response = send_file(
        export_pipeline(filters_of(request.args), current_user),
        mimetype=XLSX,
        as_attachment=True,
        download_name="sapar-pipeline.xlsx",
        etag=False,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def page_of_pipeline(filters: Filters, form: ViewForm) -> str:
    """The page of the pipeline; `form` keeps the filters as a view, as it was typed."""
    counts = pipeline_counts(current_user, filters)
    shown = pipeline_page(current_user, filters, page_asked())
    calls = calls_in_pipeline(current_user)
    return render_template(
        "applications/pipeline.html",
        filters=filters,
        views=saved_views(current_user),
        view_form=form,
        steps=_steps(filters, counts),
        selected_words=[
            ngettext("%(num)s selected", "%(num)s selected", count) for count in range(PER_PAGE + 1)
        ],
        drafts=counts[ApplicationStatus.DRAFT],
        page_of=shown,
        calls=calls,
        counted_otherwise=_counted_otherwise(calls, {one.call_id for one in shown.items}),
        directions=list(Direction),
        holders=holders_in_pipeline(current_user),
        units=units_in_pipeline(current_user),
    )


def _counted_otherwise(calls: list[Call], shown: set[int]) -> list[tuple[str, str]]:
    """Those of the calls shown in which a round counts other numbers, and what it does to them."""
    said = [(one.title, "; ".join(changes_in_round(one))) for one in calls if one.id in shown]
    return [(title, changes) for title, changes in said if changes]


def _steps(filters: Filters, counts: dict[ApplicationStatus, int]) -> list[dict[str, Any]]:
    def step(label: Any, count: int, status: ApplicationStatus | None) -> dict[str, Any]:
        address = {**filters.address(), "status": status and status.value}
        return {
            "label": label,
            "count": count,
            "href": url_for(".pipeline", **address),
            "current": filters.status is status,
            "kind": status and status.kind,
        }

    everything = step(_("all submitted"), sum(counts[status] for status in STEPS), None)
    return [everything, *(step(status.label, counts[status], status) for status in STEPS)]

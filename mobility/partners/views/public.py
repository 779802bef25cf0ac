"""What everybody reads: the list of partners and each institution's page."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request

from ... import clock
from ...access import guard
from ...numbers import page_asked
from .. import queries
from ..models import Institution
from .blueprint import bp


@bp.get("/partners")
@guard("partner:browse")
def index() -> Any:
    words = request.args.get("q", "").strip()
    country = request.args.get("country", "")
    return render_template(
        "partners/index.html",
        found=queries.partners_found(words, country, page_asked()),
        countries=queries.countries(),
        words=words,
        country=country,
    )


@bp.get("/partners/<int:institution_id>")
@guard("partner:view", queries.get_institution)
def partner(institution: Institution) -> Any:
    return render_template(
        "partners/partner.html", partner=institution, local_time=_local_time(institution)
    )


def _local_time(institution: Institution) -> datetime:
    return clock.now().astimezone(ZoneInfo(institution.timezone))

"""The second round: asked for in the cockpit, looked at, published."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ...access import guard
from ...numbers import page_asked
from ...offers.models import Call
from .. import queries, services
from ..figures import publicity
from ..models import SecondRound, SecondRoundStatus
from .blueprint import bp
from .cockpit import begun, to_cockpit


@bp.post("/calls/<int:call_id>/round/second")
@guard("call:match", queries.leading_call)
def start_second_round(call: Call) -> ResponseReturnValue:
    asked = services.request_second_round(begun(call), current_user)
    return redirect(url_for("rounds.show_second_round", second_round_id=asked.id), 303)


@bp.get("/second-rounds/<int:second_round_id>")
@guard("second-round:view", queries.get_second_round)
def show_second_round(asked: SecondRound) -> ResponseReturnValue:
    done = asked.status in {SecondRoundStatus.DONE, SecondRoundStatus.PUBLISHED}
    return render_template(
        "rounds/second.html",
        second=asked,
        profile=publicity.outcomes(asked.stats["profile"]) if done and asked.stats else [],
        rows=queries.second_row_page(asked, page_asked()) if done else None,
    )


@bp.post("/second-rounds/<int:second_round_id>/publish")
@guard("second-round:publish", queries.get_second_round)
def publish_second_round(asked: SecondRound) -> ResponseReturnValue:
    services.publish_second_round(asked, current_user)
    return to_cockpit(
        asked.round.call,
        _("The second round is published. Everybody who took part in it is being written to."),
    )

"""What a publication is going to do, and to how many people, said before it is done."""

from flask_babel import gettext as _
from flask_babel import ngettext

from ..figures.publicity import overrides
from ..models import Run, SecondRound


def what_it_does(run: Run) -> str:
    """Of the publication of a finished run; people placed before the round are told with it."""
    assert run.stats is not None
    before = overrides(run)["pre_placed"]
    applicants, placed = run.stats["applicants"], run.stats["placed"]
    said = [
        ngettext(
            "%(num)s person learns the result, by page and mail.",
            "%(num)s people learn their result at the same moment, by page and mail.",
            applicants + before,
        ),
        *_placed(placed + before, run.round.call.answer_days),
        ngettext(
            "%(num)s person is told why not.",
            "%(num)s people are told why not.",
            applicants - placed,
        ),
    ]
    if before:
        said.append(
            ngettext(
                "Of those with a place %(num)s was placed before the round.",
                "Of those with a place %(num)s were placed before the round.",
                before,
            )
        )
    return " ".join([*said, _("This cannot be undone.")])


def what_second_does(second: SecondRound) -> str:
    """Of the publication of a computed second round."""
    assert second.stats is not None
    return " ".join(
        [
            *_placed(second.stats["placed"], second.round.call.answer_days),
            ngettext(
                "%(num)s person is moved up at once.",
                "%(num)s people are moved up at once.",
                second.stats["moved"],
            ),
            _("Everybody who took part is written to at the same moment."),
            _("This cannot be undone; from then on there is only the waiting order."),
        ]
    )


def _placed(people: int, answer_days: int) -> list[str]:
    placed = ngettext("%(num)s person gets a place.", "%(num)s people get a place.", people)
    if not people:
        return [placed]
    days = ngettext(
        "There is %(num)s day to answer.", "There are %(num)s days to answer.", answer_days
    )
    return [placed, days]

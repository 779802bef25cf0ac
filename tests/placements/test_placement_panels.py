"""What placements show on other pages: counts on the first page, the use of a condition."""

from mobility import clock
from mobility.agreements.models import Direction
from mobility.agreements.queries import this_year
from mobility.agreements.services import open_version
from mobility.placements import services
from mobility.placements.models import PlacementStatus
from tests import factories
from tests.rounds.scenes import published, scene

from .test_placement_services import accepted


def test_first_page_counts_what_waits_for_a_coordinator(app, write, visitor):
    at = scene()
    placement = accepted(at, write)
    assert "1 person to nominate" in visitor(at.sender).read("/")
    with write():
        services.nominate(placement, at.sender)
    assert "1 nominated person to verify" in visitor(at.receiver).read("/")
    assert "to nominate" not in visitor(at.sender).read("/")


def test_first_page_counts_people_and_not_places(app, write, visitor):
    at = scene()
    with write():
        at.call.direction = Direction.RESEARCH
        several = at.person("Erlan", "eeee", 90, at.a, at.b)
        team = at.person("Farida", "ffff", 90, at.b)
        team.partner = factories.teacher(at.home)
        courses = [
            services.place(several, offer, 1, several.created_at, at.admin, part=part)
            for part, offer in enumerate((at.a, at.b), start=1)
        ]
        in_team = services.place(team, at.b, 1, team.created_at, at.admin)
        for placement in (*courses, in_team):
            placement.status, placement.answered_at = PlacementStatus.ACCEPTED, clock.now()
    assert "3 people to nominate" in visitor(at.sender).read("/")
    with write():
        services.nominate(in_team, at.sender)
    assert "1 person to nominate" in visitor(at.sender).read("/")
    assert "2 nominated people to verify" in visitor(at.receiver).read("/")


def test_the_partners_read_what_is_used_of_a_condition(app, write, visitor):
    at = scene()
    with write():
        at.condition.mobilities_per_year = 3
        at.call.term = f"{this_year()}/{this_year() + 1}-1"
        stranger = factories.coordinator(factories.institution("enu.kz"))
    published(at)  # two of them are placed
    page = f"/agreements/{at.condition.agreement_id}"
    for reader in (at.admin, at.sender, at.receiver):
        assert "2 of 3 mobilities used, 1 free" in visitor(reader).read(page)
    for reader in (None, stranger, at.ayan.applicant):
        assert "mobilities used" not in visitor(reader).read(page)


def test_a_version_that_allows_less_than_is_used_warns_who_decides(app, write, visitor):
    at = scene()
    with write():
        at.call.term = f"{this_year()}/{this_year() + 1}-1"
    published(at)  # two of them are placed
    with write():
        draft = open_version(at.condition.agreement, at.sender)
        draft.conditions[0].mobilities_per_year = 2
    page, warning = f"/agreements/{draft.id}", "allows fewer mobilities than are used"
    enough = visitor(at.receiver).read(page)
    assert "2 of 2 mobilities used, 0 free" in enough
    assert warning not in enough
    with write():
        draft.conditions[0].mobilities_per_year = 1
    for step in ("drafted", "proposed"):
        for reader in (at.admin, at.sender, at.receiver):
            read = visitor(reader).read(page)
            assert warning in read, step
            assert "2 used, 1 allowed" in read
            assert "2 mobilities used, more than the 1 allowed" in read
            assert "free." not in read
        visitor(at.sender).post(f"{page}/propose")
    assert warning not in visitor(at.sender).read(f"/agreements/{at.condition.agreement_id}")

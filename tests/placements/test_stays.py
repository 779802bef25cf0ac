"""A stay from the arrival to its recognition: which days can be, and how they are put right."""

from datetime import timedelta

import pytest

from mobility import audit, clock
from mobility.errors import Conflict, Invalid
from mobility.i18n import day
from mobility.placements import services
from mobility.placements.models import MobilityStatus
from tests.rounds.scenes import scene

from .test_placement_services import nominated


def test_the_stay_from_arrival_to_recognition(app, write):
    at = scene()
    placement = nominated(at, write)
    today = clock.now().date()
    with write():
        placement.offer.starts_on = today - timedelta(days=89)
    with pytest.raises(Conflict, match="Verify the nomination"), write():
        services.confirm_arrival(placement, at.receiver, today)
    with write():
        services.verify_nomination(placement, at.receiver)
    with pytest.raises(Invalid, match="future"), write():
        services.confirm_arrival(placement, at.receiver, today + timedelta(days=3))
    with write():
        services.confirm_arrival(placement, at.receiver, today - timedelta(days=90))
    assert placement.mobility_status is MobilityStatus.LIVE
    with pytest.raises(Conflict, match="departure"), write():
        services.recognise_stay(placement, at.sender)
    with pytest.raises(Invalid, match="before the arrival"), write():
        services.confirm_departure(placement, at.receiver, today - timedelta(days=91))
    with write():
        services.confirm_departure(placement, at.receiver, today - timedelta(days=2))
        services.confirm_departure(placement, at.receiver, today - timedelta(days=1))
    assert placement.departed_on == today - timedelta(days=1)
    with write():
        services.recognise_stay(placement, at.sender)
    assert placement.mobility_status is MobilityStatus.RECOGNIZED
    with write():
        deeds = [event.action for event in audit.history(placement)]
    assert deeds == [
        "placement.accept",
        "placement.nominate",
        "placement.begin",
        "placement.verify",
        "placement.arrive",
        "placement.depart",
        "placement.depart",
        "placement.recognize",
    ]


def test_an_arrival_is_near_the_first_day_and_can_be_put_right(app, write):
    at = scene()
    placement = nominated(at, write)
    today = clock.now().date()
    begins = today - timedelta(days=30)
    earliest = begins - timedelta(days=60)
    with write():
        placement.offer.starts_on = begins
        services.verify_nomination(placement, at.receiver)
    for wrong in (earliest - timedelta(days=1), begins - timedelta(days=1000)):
        with pytest.raises(Invalid) as refused, write():
            services.confirm_arrival(placement, at.receiver, wrong)
        assert refused.value.field == "on"
        assert day(begins) in refused.value.message
        assert day(earliest) in refused.value.message
    with write():
        services.confirm_arrival(placement, at.receiver, earliest)
        services.confirm_arrival(placement, at.receiver, begins)
    assert placement.arrived_on == begins
    with pytest.raises(Invalid, match=f"before the arrival on {day(begins)}"), write():
        services.confirm_departure(placement, at.receiver, begins - timedelta(days=1))
    left = today - timedelta(days=9)
    with write():
        services.confirm_departure(placement, at.receiver, left)
    with pytest.raises(Invalid, match=f"after the departure on {day(left)}") as refused, write():
        services.confirm_arrival(placement, at.receiver, left + timedelta(days=1))
    assert refused.value.field == "on"
    with write():
        services.confirm_arrival(placement, at.receiver, left)
        services.recognise_stay(placement, at.sender)
    with pytest.raises(Conflict), write():
        services.confirm_arrival(placement, at.receiver, begins)

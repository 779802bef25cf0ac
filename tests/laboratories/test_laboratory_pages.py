"""Pages of laboratories: sharing, the calendar, booking, and to whom it is offered."""

from datetime import timedelta
from itertools import product

from mobility import clock
from mobility.db import db
from mobility.laboratories import services
from mobility.laboratories.models import (
    Slot,
)

from .. import factories
from ..clients import words
from .scene import stay


def test_pages_share_open_and_book(lab, visitor, write):
    keeper, leader = visitor(lab.keeper), visitor(lab.leader)
    refused = keeper.post("/laboratories/new", {"scope": str(lab.here.id), "title_en": ""})
    assert refused.status_code == 422
    form = {"scope": str(lab.here.id), "title_en": "Kiln", "books_directly": "y"}
    answer = keeper.post("/laboratories/new", form)
    assert answer.status_code == 303
    day = clock.now().date() + timedelta(days=30)
    slots = {
        "first": day.isoformat(), "last": day.isoformat(), "days": [str(day.isoweekday())],
        "begin": "10:00", "end": "12:00", "capacity": "1",
    }  # fmt: skip
    assert keeper.post(f"{answer.location}/slots", slots).status_code == 303
    assert visitor().get(answer.location).status_code == 303  # to the sign-in page
    assert keeper.post(f"{answer.location}/open").status_code == 303
    page = leader.get(answer.location).text
    assert "10:00–12:00" in page
    with write():
        slot = db.session.query(Slot).order_by(Slot.id.desc()).first().id
    booked = leader.post(
        f"/slots/{slot}/book", {"project_id": str(lab.project.id), "purpose": "Pots"}
    )
    assert booked.status_code == 303
    assert "Pots" in leader.read("/bookings")
    assert "Viktor" in keeper.read("/bookings")
    late = leader.post(f"/slots/{slot}/book", {"purpose": "Pots"})
    assert late.status_code == 409
    assert 'value="Pots"' in late.text


def test_calendar_offers_booking_to_those_whom_it_lets_in(lab, visitor, write):
    page, book = f"/laboratories/{lab.equipment.id}", f"/slots/{lab.slot.id}/book"
    with write():
        factories.slot(lab.equipment, days=8)
        stays = factories.student(lab.there)
        stay(lab, stays)
    for reader in (lab.leader, stays):
        assert visitor(reader).get(page).text.count("/book") == 2
        assert "What you need it for" in visitor(reader).read(book)
    stranger = visitor(lab.student)
    assert "/book" not in stranger.get(page).text
    # a label with nothing behind it would stand on a phone
    assert stranger.get(page).text.count('<td data-label="What you can do"></td>') == 2
    assert stranger.read(page).count("or during a stay at") == 1
    refused = stranger.read(book)
    assert "or during a stay at" in refused
    assert "What you need it for" not in refused
    for reader in (None, lab.keeper):
        assert "/book" not in visitor(reader).get(page).text
    assert "Sign in to book" in visitor().read(page)
    with write():
        lab.condition.first_year = lab.condition.last_year = 2001
    assert visitor(lab.leader).read(page).count("No agreement in force") == 1


def test_form_of_a_slot_that_is_not_free_is_a_reason(lab, visitor, write):
    book, form = f"/slots/{lab.slot.id}/book", "What you need it for"
    with write():
        services.book_slot(lab.slot, lab.leader, purpose="Samples", project=lab.project)
        lab.equipment.safety_training = True
    own = visitor(lab.leader).read(book)
    assert "You have booked this slot already." in own
    assert form not in own
    other = lab.project.leader_of(lab.here.id)
    page = visitor(other).get(book).text
    assert form in words(page)
    assert "Day of your safety training" in words(page)
    assert "Day of your safety training (optional)" not in words(page)
    for kept, told in ((1, "This slot is full"), (2, "This slot is given by a call")):
        with write():
            lab.slot.kept = kept
        read = visitor(other).read(book)
        assert told in read
        assert form not in read


def test_queries_of_calendar_and_bookings_do_not_grow(lab, visitor, write, count_queries):
    browsers = visitor(lab.keeper), visitor(lab.leader), visitor(lab.student)
    addresses = ("/laboratories", f"/laboratories/{lab.equipment.id}", "/bookings")

    def counted():
        with write():
            slot = factories.slot(lab.equipment, days=10 + db.session.query(Slot).count())
            services.book_slot(slot, lab.leader, purpose="X", project=lab.project)
            factories.equipment(lab.here)
        with count_queries() as asked:
            for browser, address in product(browsers, addresses):
                browser.get(address)
        return len(asked)

    counted()
    one = counted()
    counted()
    assert counted() == one

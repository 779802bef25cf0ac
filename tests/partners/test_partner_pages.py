"""Admins keep institutions, units and contacts; everybody reads them."""

import pytest

from mobility.accounts.models import User
from mobility.db import db, transaction
from mobility.partners import queries
from mobility.partners.models import Contact, Institution

from .. import factories
from ..clients import words

ENTRY = {
    "schac": "kaznpu.kz",
    "name_en": "Abai University",
    "name_ru": "КазНПУ имени Абая",
    "name_kk": "Абай атындағы ҚазҰПУ",
    "country": "KZ",
    "city_en": "Almaty",
    "timezone": "Asia/Almaty",
    "latitude": "43.24",
    "longitude": "76.89",
    "website": "https://www.kaznpu.kz",
    "domains": "kaznpu.kz\nabaiuniversity.edu.kz",
}


@pytest.fixture
def admin(write, visitor):
    with write():
        person = factories.admin()
    return visitor(person)


@pytest.fixture
def kaznpu(write):
    with write():
        return factories.institution("kaznpu.kz", name_en="Abai University")


def test_admin_enters_an_institution(admin, visitor):
    answer = admin.post("/partners/new", ENTRY)
    assert answer.status_code == 303
    page = visitor().read(answer.location)
    for told in ("Abai University", "Абай атындағы ҚазҰПУ", "Almaty, Kazakhstan", "kaznpu.kz"):
        assert told in page
    assert "abaiuniversity.edu.kz" not in page  # domains are for admins
    assert "abaiuniversity.edu.kz, kaznpu.kz" in admin.read(answer.location)


def test_refused_entry_keeps_what_was_typed(admin):
    answer = admin.post("/partners/new", {**ENTRY, "schac": "no domain", "city_en": "Алматы ✎"})
    assert answer.status_code == 422
    assert 'value="Алматы ✎"' in answer.text
    assert 'id="schac-error"' in answer.text
    assert "“no domain” is not a domain" in words(answer.text)


def test_admin_changes_an_institution(admin, kaznpu):
    page = admin.get(f"/partners/{kaznpu.id}/edit").text
    assert 'name="version" type="hidden" value="1"' in page
    answer = admin.post(f"/partners/{kaznpu.id}/edit", {**ENTRY, "version": "1"})
    assert (answer.status_code, answer.location) == (303, f"/partners/{kaznpu.id}")
    assert "КазНПУ имени Абая" in admin.read(answer.location)


def test_second_admin_learns_of_the_first_ones_change(admin, kaznpu):
    address = f"/partners/{kaznpu.id}/edit"
    admin.post(address, {**ENTRY, "version": "1"})
    late = admin.post(address, {**ENTRY, "name_en": "Abai KazNPU", "version": "1"})
    assert late.status_code == 409
    assert 'value="Abai KazNPU"' in late.text
    assert "Name in English: now “Abai University”." in words(late.text)
    assert (
        admin.post(address, {**ENTRY, "name_en": "Abai KazNPU", "version": "2"}).status_code == 303
    )


def test_admin_adds_and_changes_units(admin, kaznpu):
    new = f"/partners/{kaznpu.id}/units/new"
    assert admin.post(new, {"code": "inf", "name_en": "Informatics"}).status_code == 303
    again = admin.post(new, {"code": "inf", "name_en": "Other"})
    assert again.status_code == 422
    assert "Informatics has this code already." in words(again.text)
    with transaction(write=False):
        unit_id = db.session.get_one(Institution, kaznpu.id).units[0].id
    changed = admin.post(
        f"/units/{unit_id}/edit", {"code": "inf", "name_en": "", "name_kk": "Информатика"}
    )
    assert changed.status_code == 303
    assert "Информатика" in admin.read(f"/partners/{kaznpu.id}")


def test_admin_keeps_contacts(admin, kaznpu, visitor):
    entry = {"name": "International Office", "email": "office@kaznpu.kz", "unit_id": ""}
    wrong = admin.post(f"/partners/{kaznpu.id}/contacts/new", {**entry, "email": "office"})
    assert wrong.status_code == 422
    assert 'id="email-error"' in wrong.text
    assert admin.post(f"/partners/{kaznpu.id}/contacts/new", entry).status_code == 303
    assert "office@kaznpu.kz" in visitor().read(f"/partners/{kaznpu.id}")
    with transaction(write=False):
        contact_id = db.session.get_one(Institution, kaznpu.id).contacts[0].id
    admin.post(f"/contacts/{contact_id}/edit", {**entry, "phone": "+7 727 000"})
    assert "+7 727 000" in visitor().read(f"/partners/{kaznpu.id}")
    assert admin.post(f"/contacts/{contact_id}/remove").status_code == 303
    with transaction(write=False):
        assert db.session.get(Contact, contact_id) is None


@pytest.mark.parametrize("role", ["nobody", "student", "coordinator", "admin"])
def test_only_admins_write(write, visitor, kaznpu, role):
    with write():
        kaznpu = queries.find_institution("kaznpu.kz")
        unit = factories.unit(kaznpu)
        people = {
            "student": factories.student(kaznpu),
            "coordinator": factories.coordinator(kaznpu),
            "admin": factories.admin(),
        }
        addresses = ["/partners/new"]
        addresses += [
            f"/partners/{kaznpu.id}/{end}" for end in ("edit", "units/new", "contacts/new")
        ]
        addresses += [f"/units/{unit.id}/edit"]
    assert isinstance(people["admin"], User)
    browser = visitor(people.get(role))
    expected = {"nobody": 303, "admin": 200}.get(role, 403)
    answers = {address: browser.get(address).status_code for address in addresses}
    assert answers == dict.fromkeys(addresses, expected)
    assert browser.get(f"/partners/{kaznpu.id}").status_code == 200


def test_unknown_institution_is_404(visitor):
    assert visitor().get("/partners/999").status_code == 404

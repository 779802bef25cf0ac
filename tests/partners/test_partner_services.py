"""What may stand in an institution's entry, and to whom a domain belongs."""

import pytest

from mobility import audit
from mobility.errors import Invalid
from mobility.partners import queries, services
from mobility.partners.particulars import Particulars

from .. import factories


def particulars(**values):
    return Particulars(
        **{
            "schac": "kaznpu.kz",
            "country": "KZ",
            "name_ru": "КазНПУ имени Абая",
            "timezone": "Asia/Almaty",
            **values,
        }
    )


def test_register_lower_cases_the_code_and_takes_it_as_domain(write):
    with write():
        made = services.register_institution(particulars(schac=" KazNPU.kz "), actor=None)
        assert (made.schac, [domain.domain for domain in made.domains]) == (
            "kaznpu.kz",
            ["kaznpu.kz"],
        )
        assert [event.action for event in audit.history(made)] == ["institution.register"]
        assert queries.find_institution("KAZNPU.KZ") is made


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"schac": "kaznpu"}, "schac"),
        ({"schac": "каз.kz"}, "schac"),
        ({"schac": "-a.kz"}, "schac"),
        ({"domains": ("abaiuniversity.edu.kz", "no domain")}, "domains"),
        ({"name_ru": ""}, "name_en"),
        ({"name_ru": "я" * 201}, "name_ru"),
        ({"country": "KZT"}, "country"),
        ({"timezone": "Almaty"}, "timezone"),
        ({"latitude": 91.0, "longitude": 1.0}, "latitude"),
        ({"latitude": 1.0, "longitude": 181.0}, "longitude"),
        ({"latitude": 1.0}, "latitude"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
def test_register_refuses_with_the_field(write, values, field):
    with write():
        with pytest.raises(Invalid) as refused:
            services.register_institution(particulars(**values), actor=None)
        assert refused.value.field == field
        assert queries.institutions() == []


def test_register_refuses_a_code_or_domain_of_another(write):
    with write():
        factories.institution("kaznpu.kz", name_en="Abai University")
        with pytest.raises(Invalid, match=r"Abai University has the code kaznpu\.kz already"):
            services.register_institution(particulars(), actor=None)
        with pytest.raises(Invalid, match=r"kaznpu\.kz belongs to Abai University already"):
            services.register_institution(
                particulars(schac="other.kz", domains=("other.kz", "kaznpu.kz")), actor=None
            )


def test_change_frees_a_domain_named_no_more(write):
    with write():
        made = services.register_institution(
            particulars(domains=("kaznpu.kz", "old.kz")), actor=None
        )
        services.change_institution(made, particulars(domains=("kaznpu.kz",)), actor=None)
        assert queries.institution_of_domain("old.kz") is None
        other = services.register_institution(
            particulars(schac="other.kz", domains=("old.kz",)), actor=None
        )
        assert queries.institution_of_domain("old.kz") is other


@pytest.mark.parametrize(
    ("address", "schac"),
    [
        ("a@susu.ru", "susu.ru"),
        ("a@SUSU.ru", "susu.ru"),
        ("a@student.susu.ru", "susu.ru"),
        ("a@law.susu.ru", "law.susu.ru"),
        ("a@notsusu.ru", None),
        ("a@susu.ru.evil.example", None),
        ("a@ru", None),
        ("no address", None),
    ],
)
def test_address_belongs_to_the_closest_domain(write, address, schac):
    with write():
        factories.institution("susu.ru")
        factories.institution("law.susu.ru")
        found = queries.institution_of_address(address)
        assert (found and found.schac) == schac


def test_units_have_their_own_codes_within_the_institution(write):
    with write():
        here, there = factories.institution(), factories.institution()
        law = services.add_unit(here, code="law", name_en="Law", actor=None)
        services.add_unit(there, code="law", name_en="Law", actor=None)
        with pytest.raises(Invalid, match="Law has this code already"):
            services.add_unit(here, code="law", name_en="Laws", actor=None)
        with pytest.raises(Invalid, match="at least one language"):
            services.add_unit(here, code="art", actor=None)
        services.change_unit(law, code="law", name_en="Faculty of Law", actor=None)
        assert [(unit.code, unit.name) for unit in here.units] == [("law", "Faculty of Law")]

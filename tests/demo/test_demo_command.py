"""`mobility demo` never touches what somebody entered."""

import pytest
from sqlalchemy import func, select

from mobility.accounts.models import User
from mobility.audit import record
from mobility.db import db
from mobility.demo.cli import demo
from mobility.demo.queries import BEGUN, DEMONSTRATION
from mobility.partners.models import Institution
from tests import factories


def count(kind) -> int:
    return db.session.scalar(select(func.count()).select_from(kind))


def test_a_service_with_one_institution_is_not_filled(app, write):
    with write():
        factories.institution("kaznpu.kz")
    refused = app.test_cli_runner().invoke(demo)
    assert refused.exit_code == 1
    assert "holds data already" in refused.output
    kept = app.test_cli_runner().invoke(demo, ["--if-empty"])
    assert (kept.exit_code, kept.output) == (0, "")
    assert (count(Institution), count(User)) == (1, 0)


def test_a_service_with_one_person_is_not_filled(app, write):
    with write():
        factories.admin()
    assert app.test_cli_runner().invoke(demo).exit_code == 1
    assert (count(Institution), count(User)) == (0, 1)


def test_an_interrupted_filling_with_a_real_person_in_it_is_left_alone(app, write):
    with write():
        record(BEGUN, DEMONSTRATION, actor=None)
        factories.student(factories.institution("susu.ru"), is_demo=False)
    assert app.test_cli_runner().invoke(demo).exit_code == 1
    assert (count(Institution), count(User)) == (1, 1)


@pytest.mark.parametrize(("begun", "said"), [(False, 0), (True, 1)])
def test_the_banner_stands_where_the_demonstration_was_filled(app, write, visitor, begun, said):
    with write():
        factories.admin()
        if begun:
            record(BEGUN, DEMONSTRATION, actor=None)
    assert visitor().read("/partners").count("agreements and people are invented") == said

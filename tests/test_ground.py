"""The ground under every room: migrations, transactions, audit, workflow, memory."""

import gc
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from mobility import audit, clock
from mobility.accounts.models import User, UserStatus
from mobility.agreements.models import WORKFLOW, AgreementStatus
from mobility.applications.models import Application, Choice
from mobility.db import db, insert_rows, search_key, sort_key, transaction
from mobility.errors import Conflict
from mobility.jobs import Job, JobStatus
from mobility.memory import nothing_to_collect
from mobility.offers.models import Call, Offer

from . import factories

TABLES = (Call, Offer, Application, Choice)


def test_migrations_make_exactly_the_models(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_migrations_run_both_ways(app):
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert set(inspect(db.engine).get_table_names()) == {*db.metadata.tables, "alembic_version"}


def test_migrations_keep_what_people_entered(app, write):
    with write():
        a, b = factories.institution(), factories.institution()
        call = factories.call()
        offer = factories.offer(call, factories.condition(a, b))
        factories.application(factories.student(a), call, [offer])
    rows = {table: db.session.scalar(select(func.count()).select_from(table)) for table in TABLES}
    db.session.rollback()  # the tables are changed by somebody else, who waits for us
    downgrade(revision="0001")
    upgrade()
    for table in TABLES:
        assert db.session.scalar(select(func.count()).select_from(table)) == rows[table] > 0
    call = db.session.scalars(select(Call)).one()
    assert (call.policy, call.keeps_annual_quotas) == ("linear_assignment", True)


NAME = 'a "quoted" \\N\tname\nof two lines, Қ'


def test_rows_inserted_together_are_what_they_would_be_alone(app):
    moment = datetime(2027, 3, 12, 8, 30, tzinfo=UTC)
    names = ("name", "ids", "key", "status", "due_at", "attempts", "progress", "note", "created_at")
    rows = [
        (NAME, {"said": NAME}, None, JobStatus.QUEUED, moment, 2, 0.5, "", moment),
        ("other", {}, "\\.", JobStatus.DONE, moment, 0, 1.0, "\\N", moment),
    ]
    with transaction():
        insert_rows(Job.__table__, names, rows)
        insert_rows(Job.__table__, names, [])
    stored = db.session.scalars(select(Job).order_by(Job.id)).all()
    assert [tuple(getattr(one, name) for name in names) for one in stored] == rows
    with pytest.raises(RuntimeError), transaction():
        insert_rows(Job.__table__, names, rows[:1])
        raise RuntimeError
    assert db.session.scalar(select(func.count(Job.id))) == len(rows)


def test_garbage_is_looked_for_again_after_a_block_that_fails():
    with pytest.raises(KeyError), nothing_to_collect():
        with nothing_to_collect():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()


def test_a_raise_leaves_nothing_behind(app):
    with pytest.raises(ZeroDivisionError), transaction():
        factories.institution("susu.ru")
        _ = 1 / 0
    with transaction(write=False):
        assert db.session.scalars(select(User)).all() == []


def test_transactions_do_not_nest(app):
    with transaction(), pytest.raises(RuntimeError, match="do not nest"), transaction():
        pass


def test_clock_is_set_for_the_block_only(app):
    then = datetime(2017, 11, 8, tzinfo=UTC)
    with clock.at(then):
        assert clock.now() == then
    assert clock.now() > then


@pytest.mark.parametrize(
    ("text", "key"),
    [("Қазақ  ҰЛТТЫҚ", "қазақ ұлттық"), ("Сёмга", "семга"), ("Élan", "elan"), ("SUSU", "susu")],
)
def test_search_key_folds_case_and_accents_of_three_languages(text, key):
    assert search_key(text) == key


def test_sort_key_puts_kazakh_letters_where_they_belong():
    names = ["Яковлев", "Әуезов", "Бекетов", "Қарағанды", "Ломоносов", "Кокшетау", "Abai"]
    assert sorted(names, key=sort_key) == [
        "Abai", "Әуезов", "Бекетов", "Кокшетау", "Қарағанды", "Ломоносов", "Яковлев",
    ]  # fmt: skip


def test_audit_keeps_who_did_what_and_why(app, write):
    with write():
        actor = factories.admin()
        audit.record("user.disabled", actor, actor=actor, reason="left", by="hand")
    with write():
        events = audit.history(db.session.get_one(User, 1))
    assert [(e.action, e.actor_id, e.reason, e.details) for e in events] == [
        ("user.disabled", 1, "left", {"by": "hand"})
    ]


def test_audit_events_are_never_changed(app, write):
    with write():
        actor = factories.admin()
        audit.record("user.disabled", actor, actor=actor)
    with pytest.raises(RuntimeError, match="never changed"), write():
        audit.history(actor)[0].reason = "another"
        db.session.flush()


def test_audit_events_are_never_deleted(app, write):
    with write():
        actor = factories.admin()
        audit.record("user.disabled", actor, actor=actor)
    with pytest.raises(RuntimeError, match="never changed"), write():
        db.session.delete(audit.history(actor)[0])
        db.session.flush()


def test_a_wrong_step_is_a_conflict_that_names_the_state(app, write):
    with write():
        a, b = factories.institution(), factories.institution()
        made = factories.agreement(a, b, status=AgreementStatus.TERMINATED)
        with pytest.raises(Conflict, match="terminated"):
            WORKFLOW.advance(made, "propose", actor=None)


def test_statuses_are_stored_by_value(app, write):
    with write():
        factories.user(status=UserStatus.ACTIVE)
    stored = db.session.execute(db.text('SELECT status FROM "user"')).scalar()
    assert stored == "active"


def test_each_visitor_is_asked_who_they_are(visitor, write):
    with write():
        admin = factories.admin()
    assert visitor(admin).get("/account").status_code == 200
    assert visitor().get("/account").status_code == 303

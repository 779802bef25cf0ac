"""What a request may bring, what it leaves behind, and what others may read of it."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError

from mobility import config, logs
from mobility.db import db
from mobility.forms import RankedChoices

from . import factories


@pytest.mark.parametrize("number", [2**31, 2**63, 10**40])
def test_an_id_that_no_column_holds_is_not_found(visitor, number):
    assert visitor().get(f"/partners/{number}").status_code == 404


def test_an_address_with_nul_is_refused(visitor):
    assert visitor().get("/partners?q=%00").status_code == 400


def test_a_form_with_nul_is_kept_without_it_and_says_so_at_the_field(app, visitor, write):
    with write():
        browser = visitor(factories.admin())
    sent = {"schac": "new.kz", "name_en": "A \0new one", "city_en": "Almaty"}
    answer = browser.post("/partners/new", sent)
    assert answer.status_code == 422
    assert re.search(
        r'id="name_en-error">.*?There was a character in this that no text can hold', answer.text
    )
    assert 'value="A new one"' in answer.text
    assert 'value="Almaty"' in answer.text
    assert "\0" not in answer.text


def test_a_row_of_a_form_with_nul_says_so(app, visitor, write):
    with write():
        browser, call = visitor(factories.admin()), factories.call()
    sent = {"criteria-1-name_en": "A\0b", "criteria-1-weight": "5", "reviews_needed": "1"}
    answer = browser.post(f"/calls/{call.id}/criteria", sent)
    assert (answer.status_code, 'id="criteria-1-name_en-error"' in answer.text) == (422, True)


def test_a_refused_method_says_which_are_taken(visitor):
    answer = visitor().post("/health")
    assert answer.status_code == 405
    assert {"GET", "HEAD", "OPTIONS"} == set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("rank", ["²", "x", "9" * 5000])
def test_a_rank_that_is_no_number_is_an_error_of_the_field(app, rank):
    from werkzeug.datastructures import MultiDict
    from wtforms import Form

    class Ranking(Form):
        choices = RankedChoices("Choices", limit=3)

    with app.test_request_context():
        form = Ranking(MultiDict({"choices-1": "1", "choices-²": "2", "choices-3": rank}))
        assert not form.validate()
        assert len(form.choices.errors) == 1
        assert form.choices.data == [1]


def test_health_says_so_when_the_database_is_gone(app, visitor, monkeypatch):
    def gone(*_):
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(db.session, "execute", gone)
    answer = visitor().get("/health")
    assert (answer.status_code, answer.json) == (503, {"status": "no database"})


def test_a_dropped_connection_is_replaced(app, visitor):
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
    driver.close()  # as a restarted database does to what waits in the pool
    assert visitor().get("/health").json == {"status": "ok"}


def test_tokens_of_mailed_links_stay_out_of_the_log(capsys):
    bare = Flask("bare")
    bare.config["LOG_JSON"] = False
    logs.init_app(bare)
    bare.add_url_rule("/reset-password/<token>", "reset", lambda token: abort(404))
    bare.test_client().get("/reset-password/abc.DEF-123")
    said = capsys.readouterr().out
    assert "/reset-password/…" in said
    assert "DEF" not in said


def test_workers_that_start_together_share_one_secret_key(tmp_path):
    together = Barrier(8)

    def draw(_):
        together.wait()
        return config._kept_key(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        (key,) = set(pool.map(draw, range(8)))
    assert len(key) == 64
    (file,) = tmp_path.iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("secret_key", 0o600)


def test_a_switch_is_never_off_by_a_slip():
    switch = config.Setting("SECURE_COOKIES", False, "")
    assert [switch.read(word) for word in ("yes", "On", "0", "off")] == [True, True, False, False]
    with pytest.raises(ValueError, match="MOBILITY_SECURE_COOKIES is on or off"):
        switch.read("enabled")

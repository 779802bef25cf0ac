"""`mobility create-admin`: how a service gets its first administrator."""

import pytest

from mobility.accounts import cli
from mobility.accounts.models import UserStatus
from mobility.accounts.passwords import password_matches
from mobility.accounts.queries import user_by_email
from mobility.db import transaction

from .. import factories

PASSWORD = "a first sentence"


@pytest.fixture
def run(app, monkeypatch):
    monkeypatch.setattr(cli, "prepare_instance", lambda: None)  # the tests' database is ready
    return lambda *args, **kwargs: app.test_cli_runner().invoke(cli.create_admin, args, **kwargs)


def test_create_admin_asks_for_the_password(run):
    done = run("boss@susu.ru", "--name", "Boss", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    with transaction(write=False):
        boss = user_by_email("boss@susu.ru")
        assert (boss.name, boss.is_admin, boss.status) == ("Boss", True, UserStatus.ACTIVE)
        assert password_matches(boss.password_hash, PASSWORD)


def test_create_admin_raises_somebody_known(run, write):
    with write():
        factories.user(email="boss@susu.ru", name="Boss", status=UserStatus.DISABLED)
    for _ in range(2):  # a second time changes nothing
        assert run("Boss@susu.ru", "--password-stdin", input=f"{PASSWORD}\n").exit_code == 0
    with transaction(write=False):
        boss = user_by_email("boss@susu.ru")
        assert [grant.label for grant in boss.grants] == ["administrator"]
        assert (boss.name, boss.status) == ("Boss", UserStatus.ACTIVE)


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("boss@susu.ru", "short", "use at least 10 characters"),
        ("boss", PASSWORD, "This is not an e-mail address"),
    ],
)
def test_create_admin_refuses_in_one_line(run, email, password, told):
    done = run(email, "--password-stdin", input=f"{password}\n")
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert told in done.output
    with transaction(write=False):
        assert user_by_email(email) is None

"""Rate limits, in a service that has them switched on."""

import pytest

from mobility import create_app
from mobility.db import db

from .. import factories

WRONG = "wrong password"


@pytest.fixture
def limited(app, write, tmp_path, monkeypatch):
    """A second service on the same database, with limits."""
    with write():
        factories.user(email="dana@kaznpu.kz")
    monkeypatch.setenv("MOBILITY_INSTANCE", str(tmp_path))
    made = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "for tests only",
            "DATABASE_URL": app.config["DATABASE_URL"],
            "WTF_CSRF_ENABLED": False,
            "RATE_LIMITS": True,
            "JOBS": "none",
        }
    )
    yield made
    with made.app_context():
        db.engine.dispose()


def sign_in(limited, *, email="dana@kaznpu.kz", password=WRONG, remote="203.0.113.1"):
    return limited.test_client().post(
        "/sign-in",
        data={"email": email, "password": password},
        environ_overrides={"REMOTE_ADDR": remote},
    )


def test_failures_for_one_address_are_limited_wherever_they_come_from(limited):
    answers = [sign_in(limited, remote=f"203.0.113.{n}").status_code for n in range(11)]
    assert answers == [422] * 10 + [429]
    refused = sign_in(limited, email=" DANA@kaznpu.kz", password=factories.PASSWORD)
    assert refused.status_code == 429
    assert "Wait a few minutes" in refused.text
    assert sign_in(limited, email="other@kaznpu.kz").status_code == 422


def test_failures_from_one_place_are_limited_whoever_is_tried(limited):
    answers = [sign_in(limited, email=f"a{n}@kaznpu.kz").status_code for n in range(31)]
    assert answers == [422] * 30 + [429]
    assert sign_in(limited, remote="203.0.113.2").status_code == 422


def test_successes_are_not_counted(limited):
    answers = {sign_in(limited, password=factories.PASSWORD).status_code for _ in range(12)}
    assert answers == {303}


def test_mails_to_one_address_are_limited(limited):
    client = limited.test_client()
    answers = [
        client.post("/forgot-password", data={"email": "dana@kaznpu.kz"}).status_code
        for _ in range(6)
    ]
    assert answers == [303] * 5 + [429]

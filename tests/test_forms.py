"""A form is validated, acted on, and keeps what the service refuses."""

import pytest
from wtforms import StringField
from wtforms.validators import InputRequired

from mobility.errors import Conflict, Invalid, NotFound
from mobility.forms import Form


class NameForm(Form):
    name = StringField("Name", validators=[InputRequired("Give the name.")])


@pytest.fixture
def sent(app):
    def send(name):
        with app.test_request_context(method="POST", data={"name": name}):
            return NameForm(meta={"csrf": False})

    return send


def refusing(error):
    def act():
        raise error

    return act


def test_attempt_acts_once_on_a_valid_form(sent):
    form, done = sent("Dana"), []
    assert form.attempt(lambda: done.append(form.name.data)) == 200
    assert done == ["Dana"]
    assert form.errors == {}


def test_attempt_does_nothing_with_an_invalid_form(sent):
    form, done = sent(""), []
    assert form.attempt(lambda: done.append(form.name.data)) == 422
    assert done == []
    assert form.errors == {"name": ["Give the name."]}


@pytest.mark.parametrize(
    ("error", "status", "stands"),
    [
        (Invalid("Another one.", "name"), 422, {"name": ["Another one."]}),
        (Invalid("Not like this."), 422, {"": ["Not like this."]}),
        (Invalid("Not like this.", "elsewhere"), 422, {"": ["Not like this."]}),
        (Conflict("Too late."), 409, {"": ["Too late."]}),
    ],
)
def test_attempt_keeps_a_refusal_on_the_form(sent, error, status, stands):
    form = sent("Dana")
    assert form.attempt(refusing(error)) == status
    assert form.errors == stands


def test_attempt_lets_other_errors_through(sent):
    with pytest.raises(NotFound):
        sent("Dana").attempt(refusing(NotFound("Nobody.")))

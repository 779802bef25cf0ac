"""A form is validated, acted on, and keeps what the service refuses."""

import pytest
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from mobility.errors import Conflict, Invalid, NotFound
from mobility.forms import Form


class NameForm(Form):
    name = StringField("Name", validators=[InputRequired("Give the name.")])


class SeatsForm(Form):
    seats = IntegerField("Seats", validators=[InputRequired(), NumberRange(1, 500)])
    code = StringField("Code", validators=[Length(max=3), Regexp("[a-z]*$", message="Letters.")])


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


@pytest.mark.parametrize(
    ("seats", "code", "stands"),
    [
        ("many", "ok", {"seats": ["Not a valid integer value."]}),
        ("", "ok", {"seats": ["This field is required."]}),
        ("501", "ok", {"seats": ["Number must be between 1 and 500."]}),
        ("1", "A1B2", {"code": ["Field cannot be longer than 3 characters."]}),
    ],
)
def test_field_says_the_first_thing_that_is_wrong_with_it(app, seats, code, stands):
    with app.test_request_context(method="POST", data={"seats": seats, "code": code}):
        form = SeatsForm(meta={"csrf": False})
        assert not form.validate()
        assert form.errors == stands


def test_attempt_lets_other_errors_through(sent):
    with pytest.raises(NotFound):
        sent("Dana").attempt(refusing(NotFound("Nobody.")))

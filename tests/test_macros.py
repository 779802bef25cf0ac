"""The macros: what assistive technology and a page without JavaScript rely on."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from mobility.i18n import speaking
from mobility.jobs import JobStatus
from mobility.mail import Letter

LEVELS = [SelectChoice("6", "Bachelor"), SelectChoice("7", "Master")]


class Sample(Form):
    name = StringField("Name", [InputRequired("Give a name.")])
    note = TextAreaField("Note", description="Only you see it.")
    seats = IntegerField("Seats", [InputRequired("Give the seats.")])
    day = DateField("First day", [InputRequired("Give a day.")])
    secret = PasswordField("Password", [InputRequired("Give a password.")])
    transcript = FileField("Transcript", [InputRequired("Add a file.")])
    level = SelectField("Level", choices=LEVELS)
    levels = SelectMultipleField(
        "Levels", choices=LEVELS, validators=[InputRequired("Admit a level.")]
    )
    way = RadioField("Way", choices=LEVELS, validators=[InputRequired("Choose a way.")])
    consent = BooleanField("I agree", [InputRequired("You need to agree.")])

    def hidden_tag(self):
        return ""


@pytest.fixture
def draw(service):
    """Render a line of template in a request: `draw("{{ page.badge(...) }}", name=value)`."""

    def render(line, **context):
        imports = "".join(
            f'{{% import "macros/{name}.html" as {name} %}}' for name in ("page", "forms", "charts")
        )
        with service.test_request_context("/"), speaking("en"):
            return service.jinja_env.from_string(imports + line).render(**context)

    return render


def refused() -> Sample:
    form = Sample(MultiDict({"note": "kept"}))
    assert not form.validate()
    return form


def attributes(html: str, tag: str) -> dict[str, str]:
    """The attributes of the first such element."""
    return dict(re.findall(r'([\w-]+)="([^"]*)"', re.search(rf"<{tag}\b[^>]*>", html).group()))


@pytest.mark.parametrize("name", ["name", "seats", "day", "secret", "transcript"])
def test_field_ties_label_hint_and_error(draw, name):
    html = draw('{{ forms.field(f, hint="Why we ask.") }}', f=refused()[name])
    control = attributes(html, "input")
    assert attributes(html, "label")["for"] == control["id"] == name
    assert control["aria-describedby"] == f"{name}-hint {name}-error"
    assert control["aria-invalid"] == "true"
    assert f'<div class="form-text" id="{name}-hint">Why we ask.</div>' in html
    assert f'id="{name}-error"' in html


def test_field_without_error_is_not_invalid_and_says_it_is_optional(draw):
    html = draw("{{ forms.field(f) }}", f=refused().note)
    control = attributes(html, "textarea")
    assert "aria-invalid" not in control
    assert control["aria-describedby"] == "note-hint"
    assert "(optional)" in html
    assert ">\r\nkept</textarea>" in html


@pytest.mark.parametrize(("name", "kind"), [("levels", "checkbox"), ("way", "radio")])
def test_options_stand_in_a_fieldset_and_the_first_carries_the_id(draw, name, kind):
    html = draw("{{ forms.field(f) }}", f=refused()[name])
    assert attributes(html, "fieldset")["aria-describedby"] == f"{name}-error"
    first = attributes(html, "input")
    assert (first["type"], first["id"], first["name"], first["value"]) == (kind, name, name, "6")
    ids = re.findall(r'<input[^>]* id="([^"]+)"', html)
    assert ids == [name, f"{name}-1"]
    assert re.findall(r'<label[^>]* for="([^"]+)"', html) == ids


def test_options_keep_what_was_chosen(draw):
    form = Sample(MultiDict([("levels", "7")]))
    html = draw("{{ forms.field(f) }}", f=form.levels)
    assert re.findall(r'value="(\d)"( checked)?', html) == [("6", ""), ("7", " checked")]


def test_long_choice_may_stay_a_select(draw):
    html = draw("{{ forms.field(f, as_select=True) }}", f=refused().levels)
    assert "fieldset" not in html
    assert attributes(html, "select")["class"] == "form-select is-invalid"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (StringField("x"), True),
        (StringField("x", [InputRequired()]), False),
        (IntegerField("x"), False),
        (IntegerField("x", [Optional()]), True),
        (SelectField("x", choices=LEVELS), False),
        (SelectField("x", choices=[SelectChoice("", "Any"), *LEVELS]), True),
        (RadioField("x", choices=LEVELS), False),
    ],
)
def test_optional_is_said_only_where_nothing_may_be_given(draw, field, said):
    form = type("One", (Form,), {"x": field})()
    assert ("(optional)" in draw("{{ forms.field(f) }}", f=form.x)) == said


def test_single_checkbox_has_its_label_behind_it(draw):
    html = draw("{{ forms.field(f) }}", f=refused().consent)
    assert html.index("<input") < html.index("<label")
    assert attributes(html, "input")["aria-describedby"] == "consent-error"


def test_field_passes_attributes_on(draw):
    html = draw('{{ forms.field(f, rows=9, class="wide") }}', f=Sample().note)
    control = attributes(html, "textarea")
    assert (control["rows"], control["class"]) == ("9", "form-control wide")


def test_error_summary_leads_to_every_field_that_is_wrong(draw):
    form = refused()
    form.form_errors.append("The call has closed.")
    html = draw("{{ forms.error_summary(form) }}", form=form)
    assert attributes(html, "div")["role"] == "alert"
    assert re.findall(r'href="#([^"]+)"', html) == [f.id for f in form if f.errors]
    assert "<li>The call has closed.</li>" in html
    assert draw("{{ forms.error_summary(form) }}", form=Sample()) == ""


class Row(Form):
    name = StringField("Name", [Length(max=3)])
    weight = IntegerField("Weight", [Optional()])


class Table(Form):
    note = StringField("Note", [Length(max=3)])
    title = StringField("Title", [Length(max=3)])
    agrees = BooleanField("I agree to all of it.", [InputRequired("Without this nothing goes.")])
    rows = FieldList(FormField(Row), label="Criteria")

    def validate_rows(self, field):
        raise ValidationError("They come to 100.")


def test_error_summary_says_which_field_and_which_row(draw):
    form = Table(
        MultiDict(
            {
                "note": "long",
                "title": "kept",
                "rows-0-name": "one",
                "rows-1-name": "four",
                "rows-1-weight": "x",
            }
        )
    )
    assert not form.validate()
    html = draw("{{ forms.error_summary(form) }}", form=form)
    assert re.findall(r'<a href="#([^"]+)">([^<]*)</a>', html) == [
        ("note", "Note: Field cannot be longer than 3 characters."),
        ("title", "Title: Field cannot be longer than 3 characters."),
        ("agrees", "Without this nothing goes."),
        ("rows-1-name", "Criteria, row 2, Name: Field cannot be longer than 3 characters."),
        ("rows-1-weight", "Criteria, row 2, Weight: Not a valid integer value."),
        ("rows", "Criteria: They come to 100."),
    ]


def test_form_with_a_file_is_sent_as_multipart(draw):
    line = "{% call forms.form_tag(form, id='it') %}inside{% endcall %}"
    html = draw(line, form=Sample())
    tag = attributes(html, "form")
    assert (tag["method"], tag["enctype"], tag["id"]) == ("post", "multipart/form-data", "it")
    assert html.index("inside") < html.index("</form>")


def test_action_form_posts_with_token_and_hidden_values(draw):
    html = draw('{{ page.action_form("/go", "Go", hidden={"version": 3}) }}')
    assert attributes(html, "form") == {"class": "action-form", "method": "post", "action": "/go"}
    assert re.findall(r'name="([^"]+)"', html) == ["csrf_token", "version"]
    assert "<details" not in html


def test_action_form_asks_first_without_javascript(draw):
    html = draw('{{ page.action_form("/go", "Withdraw", "danger", confirm="Withdraw “Optics”?") }}')
    assert html.index("<summary") < html.index("Withdraw “Optics”?") < html.index("<form")


def test_what_people_wrote_is_escaped(draw):
    html = draw('{{ page.definition([(name, name)]) }}{{ page.badge("good", name) }}', name="<b>")
    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 3


@pytest.mark.parametrize("status", JobStatus)
def test_progress_renews_itself_only_while_work_goes_on(draw, status):
    job = SimpleNamespace(
        id=7,
        status=status,
        progress=0.42,
        note="",
        started_at=datetime(2027, 3, 1, tzinfo=UTC),
        error="lost",
    )
    html = draw("{{ page.progress(job) }}", job=job)
    going = status in {JobStatus.QUEUED, JobStatus.RUNNING}
    assert ("data-live" in html) == going
    assert ('<progress max="100" value="42"' in html) == going
    assert "lost" not in html


def test_bars_share_one_scale_and_need_no_style(draw):
    html = draw("{{ charts.bars(rows, 'Ranks', most=200) }}", rows=[("First", 50), ("None", 0)])
    assert re.findall(r'class="plot-bar[^>]*width="([\d.]+%)"', html) == ["25.0%"]
    assert "style" not in html


def test_rank_profile_has_its_table(draw):
    html = draw("{{ charts.rank_profile(rows, 'Ranks') }}", rows=[("First", 3), ("Unplaced", 1)])
    assert re.findall(r'<td class="num">([^<]*)</td>', html) == ["3", "75%", "1", "25%", "4"]
    empty = draw("{{ charts.rank_profile(rows, 'Ranks') }}", rows=[])
    assert re.findall(r'<td class="num">([^<]*)</td>', empty) == ["0"]


def test_letter_says_what_happened_what_to_do_until_when(service):
    letter = Letter(
        "Returned",
        "Your <application> was returned.",
        "Mend it.",
        datetime(2027, 3, 12, 13, tzinfo=UTC),
        "http://127.0.0.1:8000/applications/3",
        "Open it",
    )
    context = {"letter": letter, "recipient": SimpleNamespace(name="Dana O'Neil")}
    with service.app_context(), speaking("en"):
        text = service.jinja_env.get_template("mail/letter.txt").render(context)
        html = service.jinja_env.get_template("mail/letter.html").render(context)
    assert text.split("\n\n")[:4] == [
        "Hello, Dana O'Neil,",
        "Your <application> was returned.",
        "Mend it.",
        "Until: 12 March 2027, 18:00 (Almaty)",
    ]
    assert "Open it:\nhttp://127.0.0.1:8000/applications/3" in text
    assert "Your &lt;application&gt; was returned." in html
    assert 'href="http://127.0.0.1:8000/applications/3"' in html


def test_a_lazy_message_is_one_line(draw):
    class Lazy(Form):
        name = StringField("Name", [InputRequired(lazy_gettext("Give a name."))])

        def hidden_tag(self):
            return ""

    form = Lazy(MultiDict({"name": ""}))
    assert not form.validate()
    for line in ("{{ forms.error_summary(form) }}", "{{ forms.field(form.name) }}"):
        assert "Give a name.<" in draw(line, form=form)

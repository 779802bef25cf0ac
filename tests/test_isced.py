"""The fields of education: complete, in three languages, matched by prefix."""

from collections import Counter

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from mobility import isced
from mobility.isced import DETAILED, FIELDS, choices, label, matches


def test_fields_are_the_whole_classification():
    assert Counter(isced.LEVELS[len(code)] for code in FIELDS) == {
        "broad": 12,
        "narrow": 58,
        "detailed": 149,
    }
    assert len(DETAILED) == 149


def test_every_field_lies_in_a_field_of_the_level_above():
    assert [code for code in FIELDS if len(code) > 2 and code[:-1] not in FIELDS] == []


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_field_has_a_label(language):
    assert [code for code in FIELDS if not isced._ROWS[code][f"label_{language}"].strip()] == []


def test_labels_of_the_three_languages_differ_in_script():
    cyrillic = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
    for code in FIELDS:
        assert not cyrillic & set(label(code, "en").casefold()), code
        assert cyrillic & set(label(code, "ru").casefold()), code
        assert cyrillic & set(label(code, "kk").casefold()), code
        assert not set("әғқңөұүһі") & set(label(code, "ru").casefold()), code


def test_label_follows_the_reader():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        assert str(FIELDS["0541"]) == "Mathematics"
        with force_locale("ru"):
            assert str(FIELDS["0541"]) == "Математика"
            assert choices("broad")[1] == ("01", "01 Образование")
        with force_locale("kk"):
            assert label("0114") == "Пәндік мамандандырумен мұғалімдер даярлау"


def test_label_is_english_where_nobody_reads():
    assert label("0313") == "Psychology"


def test_label_of_an_unknown_field_raises():
    with pytest.raises(KeyError):
        label("0555")


@pytest.mark.parametrize(
    ("code", "prefixes", "expected"),
    [
        ("0541", [], True),
        ("0541", ["0541"], True),
        ("0541", ["054"], True),
        ("0541", ["05"], True),
        ("0541", ["06", "0542"], False),
        ("0541", ["06", "05"], True),
    ],
)
def test_matches_takes_prefixes(code, prefixes, expected):
    assert matches(code, prefixes) is expected


def test_choices_are_in_code_order():
    assert [code for code, _ in choices()] == sorted(DETAILED)

"""Numbers and days as people type them."""

from datetime import date

import pytest

from mobility.i18n import standalone
from mobility.tables.values import day, decimal_number, number_between, whole_number


@pytest.mark.parametrize(
    "text",
    """2027-02-13|2027-2-13|2027-02-13 00:00:00|2027-02-13T00:00
    |13.02.2027|13.2.2027 г.|13/02/2027|02/13/2027""".replace("\n    ", "").split("|"),
)
def test_a_day_is_read_in_the_forms_that_mean_one_day(text):
    assert day(text) == date(2027, 2, 13)


@pytest.mark.parametrize(
    "text",
    ["", "02/03/2027", "13.13.2027", "31.02.2027", "13.02.27", "44970", "2027-02-13 10:00:00", "x"],
)
def test_a_day_that_could_be_another_is_refused(text):
    with standalone("en"), pytest.raises(ValueError, match="is not a day"):
        day(text)


def test_numbers_have_a_point_or_a_comma():
    assert (decimal_number("2.5"), decimal_number("2,5"), decimal_number("5")) == (2.5, 2.5, 5)
    assert (number_between("1,0", 1, 4), number_between("4", 1, 4)) == (1, 4)
    assert (whole_number("3", 1, 5), whole_number("3.0", 1, 5)) == (3, 3)


@pytest.mark.parametrize("text", ["", "-1", "1e3", "1 000", "²", "٣", "1,000.5", "9" * 12, "nan"])
def test_other_numbers_are_refused(text):
    with standalone("en"):
        with pytest.raises(ValueError, match="is not a number"):
            decimal_number(text)
        with pytest.raises(ValueError, match="is not a whole number from 0 to 999"):
            whole_number(text, 0, 999)
        with pytest.raises(ValueError, match="is not a number from 0 to 1,000"):
            number_between(text, 0, 1000)

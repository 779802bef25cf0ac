"""The public list of partners: search in three alphabets, filter, pages, cost."""

import pytest

from .. import factories


@pytest.fixture
def kaznpu(write):
    with write():
        factories.institution("susu.ru", name_ru="Южно-Уральский", country="RU")
        return factories.institution(
            "kaznpu.kz",
            name_en="Abai University",
            name_ru="Казахский национальный педагогический университет",
            name_kk="Абай атындағы Қазақ ұлттық университеті",
        )


@pytest.mark.parametrize(
    "words",
    ["abai", "АТЫНДАҒЫ", "ұлттық", "казахский ПЕД", "kaznpu", "Қазақ университеті", "ABAI almaty"],
)
def test_search_finds_every_spelling(visitor, kaznpu, words):
    page = visitor().get("/partners", query_string={"q": words}).text
    assert f"/partners/{kaznpu.id}" in page
    assert "susu.ru" not in page


@pytest.mark.parametrize("words", ["%", "_", "abai almaty moscow"])
def test_search_takes_signs_literally(visitor, kaznpu, words):
    page = visitor().get("/partners", query_string={"q": words}).text
    assert "No partner matches" in page


def test_country_filter_keeps_one_country(visitor, kaznpu):
    page = visitor().read("/partners?country=RU")
    assert "susu.ru" in page
    assert "kaznpu.kz" not in page


def test_empty_list_says_what_will_stand_there(visitor):
    assert "No partners yet" in visitor().read("/partners")


def test_list_stands_in_the_order_of_the_alphabet(visitor, write):
    with write():
        for name in ("Ұлытау", "Вологда", "Әл-Фараби", "Абай"):
            factories.institution(name_en="", name_ru="", name_kk=name)
    page = visitor().read("/partners")
    order = sorted(("Ұлытау", "Вологда", "Әл-Фараби", "Абай"), key=page.index)
    assert order == ["Абай", "Әл-Фараби", "Вологда", "Ұлытау"]


def test_list_follows_the_language_of_the_reader(visitor, write):
    with write():
        factories.institution("a.example", name_en="Zeta", name_ru="Альфа", name_kk="Үш")
        factories.institution("b.example", name_en="Beta", name_ru="Ямбург", name_kk="Бес")
    browser = visitor()
    english = browser.read("/partners")
    browser.post("/language", {"language": "ru"})
    russian = browser.read("/partners")
    browser.post("/language", {"language": "kk"})
    kazakh = browser.read("/partners")
    assert kazakh.index("Бес") < kazakh.index("Үш")
    assert english.index("Beta") < english.index("Zeta")
    assert russian.index("Альфа") < russian.index("Ямбург")


def test_second_page_holds_the_rest(visitor, write):
    with write():
        for number in range(26):
            factories.institution(f"u{number:02d}.example", name_en=f"A{number:02d}")
    assert "u25.example" not in visitor().read("/partners")
    assert "u25.example" in visitor().read("/partners?page=2")
    assert "26 to 26 of 26" in visitor().read("/partners?page=2")


def test_list_costs_the_same_for_one_and_three(visitor, write, count_queries):
    counts = []
    for more in (1, 2):
        with write():
            for _ in range(more):
                factories.institution()
        with count_queries() as statements:
            visitor().get("/partners")
        counts.append(len(statements))
    assert counts[0] == counts[1]

"""Invented people: repeatable, all different, and never reachable by mail."""

import re

from mobility.demo.catalogue import universities
from mobility.demo.people import Inventor, example_domain


def test_people_are_the_same_for_the_same_seed():
    def drawn(seed):
        inventor = Inventor(seed)
        return [inventor.person("kaznpu.kz", "KZ") for _ in range(20)]

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


def test_people_are_all_different_and_unreachable():
    inventor = Inventor(1)
    people = [inventor.person("kaznpu.kz", "KZ") for _ in range(250)]
    people += [inventor.person("susu.ru", "RU") for _ in range(250)]
    assert len({person.email for person in people}) == 500
    assert len({person.name_latin for person in people}) == 500
    assert {person.email.partition("@")[2] for person in people} == {
        "kaznpu.example",
        "susu.example",
    }
    assert [
        p.email for p in people if not re.fullmatch(r"[a-z]\.[a-z]+\d*@\w+\.example", p.email)
    ] == []


def test_last_names_follow_the_gender():
    inventor = Inventor(2)
    for _ in range(200):
        person = inventor.person("kaznpu.kz", "KZ")
        endings = {
            person.name_latin[-1] == "a",
            person.name_ru[-1] == "а",
            person.name_kk[-1] == "а",
        }
        assert endings == {person.gender == "f"}


def test_example_domains_of_core_universities_differ():
    core = [university.schac for university in universities() if university.is_core]
    assert example_domain("ksu.kst.kz") == "ksu-kst.example"
    assert len({example_domain(schac) for schac in core}) == len(core)

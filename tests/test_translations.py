"""Russian and Kazakh are complete: nothing missing, fuzzy, left over, or with other blanks."""

import re

import pytest

from mobility.catalogues import TRANSLATED, gather, read_catalogue

PLURALS = {"ru": 3, "kk": 2}
# %(name)s of gettext, and {name} of sentences that a script fills in
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")


def key(message):
    return message.id if isinstance(message.id, tuple) else (message.id,), message.context


@pytest.fixture(scope="module")
def said():
    return {key(message): message for message in gather() if message.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language, said):
    catalogue = read_catalogue(language)
    done = {key(m) for m in catalogue if m.id and not m.fuzzy and all(texts(m))}
    assert sorted(said.keys() - done, key=str) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_fuzzy_or_left_over(language, said):
    catalogue = read_catalogue(language)
    assert [m.id for m in catalogue if m.id and (m.fuzzy or key(m) not in said)] == []
    assert not catalogue.obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_placeholders_and_plural_forms(language):
    for message in read_catalogue(language):
        if not message.id:
            continue
        if message.pluralizable:
            assert len(texts(message)) == PLURALS[language], message.id
        wanted = set(PLACEHOLDER.findall(message.id[-1] if message.pluralizable else message.id))
        for text in texts(message):
            assert set(PLACEHOLDER.findall(text)) == wanted, (message.id, text)


def texts(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)

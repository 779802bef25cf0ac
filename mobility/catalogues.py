"""The message catalogues: gathered from the code and templates, compiled for gettext.

Used in a source tree and by the build; a running service only reads what was compiled.
`python -m mobility.catalogues` gathers new sentences and says how many wait for translation.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
TRANSLATIONS = HERE / "translations"
TRANSLATED = ("ru", "kk")
_METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
_KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}


def gather() -> Catalog:
    """Every sentence that the code and the templates of the source tree say, in English."""
    found = Catalog(project="Sapar", charset="utf-8")
    for folder in (HERE, HERE.parent / "templates"):
        for file, line, message, comments, context in extract_from_dir(
            folder, _METHODS, keywords=_KEYWORDS, comment_tags=("Translators:",)
        ):
            found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return found


def catalogue_of(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one where there is none."""
    path = catalogue_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Sapar", charset="utf-8")
    with path.open("rb") as text:
        return read_po(text, locale=language)


def write_catalogue(catalogue: Catalog, language: str) -> None:
    """Write in an order and form that changes only where a sentence changed."""
    path = catalogue_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(
            out, catalogue, width=100, no_location=True, sort_output=True, ignore_obsolete=True,
            omit_header=False,
        )  # fmt: skip


def update_catalogues() -> dict[str, int]:
    """Bring each catalogue up to what is said now; how many sentences wait, by language."""
    said = gather()
    waiting = {}
    for language in TRANSLATED:
        catalogue = read_catalogue(language)
        catalogue.update(said, no_fuzzy_matching=True, update_creation_date=False)
        write_catalogue(catalogue, language)
        waiting[language] = sum(1 for message in catalogue if message.id and not _done(message))
    return waiting


def _done(message) -> bool:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(texts) and not message.fuzzy


def compile_catalogues() -> None:
    """Compile each catalogue that changed since it was compiled."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text)
        with compiled.open("wb") as out:
            write_mo(out, catalogue)


if __name__ == "__main__":
    for language, count in update_catalogues().items():
        print(f"{language}: {count} sentences wait for translation")

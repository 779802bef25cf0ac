"""What the service says in a language: is a text on the page a sentence of its catalogue?"""

import re

from mobility.catalogues import gather, read_catalogue

_PLACEHOLDER = re.compile(r"%\\\((\w+)\\\)[sd]")


def _texts(message, language: str) -> list[str]:
    said = message.id if language == "en" else message.string
    return [text for text in (said if isinstance(said, tuple | list) else [said]) if text]


class Sentences:
    """The sentences of one language; English ones are those of the code itself."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._whole: set[str] = set()
        self._patterns: list[re.Pattern] = []
        for message in gather() if language == "en" else read_catalogue(language):
            for text in _texts(message, language) if message.id else []:
                self._learn(" ".join(text.split()))

    def _learn(self, text: str) -> None:
        if "%(" not in text:
            self._whole.add(text.replace("%%", "%"))
            return
        pattern = _PLACEHOLDER.sub(".+?", re.escape(text))
        if re.sub(r"\W|\.\+\?", "", pattern):  # more than placeholders
            self._patterns.append(re.compile(pattern))

    def knows(self, text: str) -> bool:
        text = " ".join(text.split())
        return text in self._whole or any(known.fullmatch(text) for known in self._patterns)

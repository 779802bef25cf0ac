"""What a page of the guide is made of: headings, lists, links."""

from html.parser import HTMLParser


def address(reader, topic) -> str:
    return f"/how-it-works/{reader.value}/{topic.code}"


class Page(HTMLParser):
    """The <main> of a page. `levels` of its headings in order; `links` and `anchors` it leads to.

    `steps`: the titles of the numbered steps. `empty_lists` counts lists without an item.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.headings: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.ids: set[str] = set()
        self.empty_lists = 0
        self.steps: list[str] = []
        self._items: list[int] = []
        self._in_step = False
        self.language = text.partition('<html lang="')[2].partition('"')[0]
        self.feed(text.partition("<main")[2].partition("</main>")[0])

    def ids_of(self, tag: str) -> list[str]:
        return [id_ for one, id_ in self.headings if one == tag]

    @property
    def doubled_titles(self) -> list[str]:
        return sorted({title for title in self.steps if self.steps.count(title) > 1})

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.add(given["id"])
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.levels.append(int(tag[1]))
            self.headings.append((tag, given.get("id", "")))
        if tag in {"ol", "ul"}:
            self._items.append(0)
        if tag == "li":
            self._items[-1] += 1
        self._in_step = self._in_step or "guide-step" in (given.get("class") or "").split()
        if tag == "a" and given["href"].startswith("#"):
            self.anchors.add(given["href"][1:])
        elif tag == "a":
            self.links.append(given["href"])

    def handle_data(self, data: str) -> None:
        if self._in_step and data.strip():
            self.steps.append(data.strip())
            self._in_step = False

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ol", "ul"}:
            self.empty_lists += not self._items.pop()

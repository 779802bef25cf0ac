"""An eye on every page: what the browser complains of and whom it talks to."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response


class Watch:
    """Collects what no page may do: script errors, breaches of the content security policy,
    requests to another origin, answers that the test did not expect to fail.
    """

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.complaints: list[str] = []
        self._origin = origin
        self._expected: set[int] = set()
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._see_request)
        context.on("response", self._see_response)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Within the block pages may answer with these statuses."""
        self._expected.update(statuses)
        yield
        self._expected.difference_update(statuses)

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused request is judged by its status in _see_response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(
                f"console at {message.location['url'] or 'page'}: {message.text}"
            )

    def _see_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"data", "blob", "about"}:
            return
        if f"{parts.scheme}://{parts.netloc}" != self._origin:
            self.complaints.append(f"request to another origin: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.complaints.append(
                f"{response.request.method} {response.url} answered {response.status}"
            )

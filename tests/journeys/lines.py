"""What a page costs on the line: bytes and requests as they travel, and how far things jump; and a line that is slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

KILOBIT = 1000 / 8  # bytes
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((each) => { if (!each.hadRecentInput) window.shifted += each.value; }))
    .observe({type: 'layout-shift', buffered: true});
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page load cost; `shift` is the cumulative layout shift."""

    kilobytes: float
    requests: int
    shift: float


class Line:
    """The line of one page, listened to and, where asked, slowed down."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("Network.enable")
        self.bytes, self.requests = 0.0, 0
        self._cached: set[str] = set()
        page.add_init_script(WATCH)
        self.devtools.on("Network.requestServedFromCache", lambda event: self._cached.add(event["requestId"]))
        self.devtools.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._cached and event["encodedDataLength"] > 0:
            self.bytes += event["encodedDataLength"]
            self.requests += 1

    def slow(self, *, kilobits: int, latency_ms: int) -> None:
        """From now on so many kilobits a second both ways, and so long until an answer begins."""
        speed = kilobits * KILOBIT
        self.devtools.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": latency_ms, "downloadThroughput": speed, "uploadThroughput": speed},
        )

    def load(self, address: str) -> Cost:
        """Open the page, let it come to rest, and say what it cost."""
        self.bytes, self.requests = 0.0, 0
        self._cached.clear()
        response = self.page.goto(address, wait_until="networkidle")
        assert response is not None
        assert response.status == 200, address
        return Cost(self.bytes / 1000, self.requests, self.shift())

    def shift(self) -> float:
        """How far things have jumped on the page since it was opened."""
        return float(self.page.evaluate("window.shifted"))

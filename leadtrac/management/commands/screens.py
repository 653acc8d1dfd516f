"""Make the screenshots: every place of every role's navigation, and the first record behind it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.text import slugify

from leadtrac.demo.accounts import demo_accounts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = {"": 1280, "-narrow": 320}
START_SECONDS = 60
CODE_ATTEMPTS = 3
TALLEST = 1_500  # pixels; a long list says the same further down
ON_A_PHONE = {"analyst", "field_officer"}
# places of a role that stand behind another page: by the role's name in a file, what each is called there and its address name
BEHIND = {
    "analyst": {
        "unclaimed": "/queue/?tab=unclaimed",
        "waiting": "waiting_list",
        "acts-on-many": "bulk_list",
        "notices": "notice_list",
        "views": "view_list",
        "columns": "queue_columns",
    },
    "supervisor": {"approvals": "approval_queue", "versions": "version_list", "fairness": "fairness_report"},
    "auditor": {"unusual-reading": "audit_readings"},
}
FIRST_RECORD = "main table tbody a[href^='/']"


class Command(BaseCommand):
    help = "Write screenshots of the demonstration's pages into a folder; needs Chromium and the development packages."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the pictures go, and which browser makes them."""
        parser.add_argument("--out", type=Path, default=Path(settings.BASE_DIR) / "docs" / "screens")
        chosen = os.environ.get("LEADTRAC_CHROMIUM", "chromium")
        parser.add_argument("--chromium", default=chosen, help="name or path of the browser")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve the demonstration for as long as the pictures take."""
        if not settings.DEMO:
            message = "This is not a demonstration (LEADTRAC_DEMO=1)."
            raise CommandError(message)
        from playwright.sync_api import sync_playwright

        people = first_of_each_role(demo_accounts())
        options["out"].mkdir(parents=True, exist_ok=True)
        with served() as address, sync_playwright() as playwright:
            flags = ["--no-sandbox"] if os.geteuid() == 0 else []  # root may not use Chromium's sandbox
            browser = playwright.chromium.launch(executable_path=find(options["chromium"]), args=flags)
            for suffix, width in WIDTHS.items():
                camera = Camera(browser, address, options["out"], suffix, width)
                for name in camera.walk(people if not suffix else [one for one in people if one["role"] in ON_A_PHONE]):
                    self.stdout.write(f"  {name}")
            browser.close()


def first_of_each_role(accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first person of each role, in the order given."""
    seen: dict[str, dict[str, Any]] = {}
    for account in accounts:
        seen.setdefault(account["role"], account)
    return list(seen.values())


def find(browser: str) -> str:
    """The path of the browser. Raises ``CommandError`` where there is none."""
    path = shutil.which(browser)
    if path is None:
        message = f"There is no browser named {browser} here. Name one with --chromium."
        raise CommandError(message)
    return path


@contextmanager
def served() -> Iterator[str]:
    """A web server of this demonstration on a free port of this machine; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "leadtrac.wsgi:application", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    server = subprocess.Popen([*command, "--log-level", "warning", "--no-control-socket"])  # noqa: S603  # our own words
    try:
        wait_for(server, port)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    """Return once the server answers. Raises ``CommandError`` when it ends or stays silent."""
    for _ in range(START_SECONDS):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/", timeout=1):
                return
        except (URLError, TimeoutError):
            pass
        try:
            server.wait(timeout=1)
        except subprocess.TimeoutExpired:
            continue
        break
    message = "The web server did not start."
    raise CommandError(message)


class Camera:
    """Walks through the pages at one width and takes a picture of each."""

    def __init__(self, browser: Browser, address: str, folder: Path, suffix: str, width: int) -> None:
        self.browser = browser
        self.address = address
        self.folder = folder
        self.suffix = suffix
        self.width = width
        self.seen: set[str] = set()  # a place that several roles share is taken once

    def walk(self, people: list[dict[str, Any]]) -> Iterator[str]:
        """Take every picture; yield the name of each as it is done."""
        for number, person in enumerate(people):
            context = self.browser.new_context(base_url=self.address, viewport={"width": self.width, "height": 800})
            page = context.new_page()
            yield from self._sign_in(page, person, take=number == 0)
            yield from self._places(page, slugify(person["role_label"]))
            context.close()

    def _sign_in(self, page: Page, person: dict[str, Any], *, take: bool) -> Iterator[str]:
        page.goto("/accounts/login/")
        if take:
            yield self._picture(page, "notice")
        page.get_by_role("button", name="I understand").click()
        if take:
            yield self._picture(page, "sign-in")
        page.get_by_role("button", name=f"Sign in as {person['name']}").click()
        if take:
            yield self._picture(page, "one-time-code")
        for _ in range(CODE_ATTEMPTS):  # a code may expire between reading and sending it
            page.locator("[name=code]").fill(page.locator(".desk-code").inner_text())
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_load_state()
            if "authenticate" not in page.url:
                return
        message = f"{person['username']} could not sign in with the code that the page showed."
        raise CommandError(message)

    def _places(self, page: Page, role: str) -> Iterator[str]:
        links = page.locator("nav[aria-label=Main] a")
        links.first.wait_for()  # the page behind the sign-in stands
        places = [(links.nth(index).get_attribute("href") or "", label_of(links.nth(index).inner_text())) for index in range(links.count())]
        places += [(address if address.startswith("/") else reverse(address), label) for label, address in BEHIND.get(role, {}).items()]
        for href, label in places:
            if href in self.seen:
                continue
            self.seen.add(href)
            page.goto(href)
            yield self._picture(page, f"{role}-{label}")
            record = page.locator(FIRST_RECORD).first
            if record.count() and record.is_visible():
                page.goto(record.get_attribute("href") or href)
                yield self._picture(page, f"{role}-{label}-record")

    def _picture(self, page: Page, name: str) -> str:
        page.wait_for_load_state("networkidle")
        full = f"{name}{self.suffix}"
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.screenshot(path=self.folder / f"{full}.png", full_page=True, clip={"x": 0, "y": 0, "width": self.width, "height": height})
        return full


def label_of(text: str) -> str:
    """The name of a place for a file, without the count beside it."""
    return slugify(text.splitlines()[0].rstrip("0123456789,+ "))

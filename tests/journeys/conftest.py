"""Journeys: a real browser on real servers.

Each has a database of its own and gunicorn on it; with a Celery worker and the scheduler where work goes on by itself.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access.models import User
from launcher import web
from launcher.children import Children
from leadtrac.bench.client import signed_in

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
PATIENCE = 20_000  # milliseconds: a machine may be busy; what comes sooner is not waited for
DATABASES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTAIN_URL")

# Playwright's synchronous interface runs an event loop in this thread; the test itself is not concurrent.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True, slots=True)
class Site:
    """A running LeadTrac on one database."""

    url: str
    variables: dict[str, str]
    children: Children

    def manage(self, *words: str) -> str:
        """Run a management command against this database and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout


def _on_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def more_variables() -> dict[str, str]:
    """Further environment variables of the site; a test file that needs some has a fixture of this name."""
    return {}


@pytest.fixture
def site(world: str, page_assets: str, tmp_path: Path, more_variables: dict[str, str]) -> Iterator[Site]:
    """A web server on the test's own database."""
    port = _free_port()
    variables = {
        **{name: _on_database(os.environ[name], world) for name in DATABASES if name in os.environ},
        "LEADTRAC_BASE_URL": f"http://localhost:{port}",
        "LEADTRAC_ALLOWED_HOSTS": "localhost",
        "LEADTRAC_STATIC_ROOT": page_assets,
        "LEADTRAC_QUEUE_PREFIX": f"{world}:",
        "LEADTRAC_DROP_DIR": str(tmp_path / "drops"),
        "LEADTRAC_CHECKPOINT_DIR": str(tmp_path / "checkpoints"),
        "LEADTRAC_AS_OWNER": "0",
        **more_variables,
    }
    for folder in ("drops", "checkpoints"):
        (tmp_path / folder).mkdir()
    children = Children(tmp_path / "logs")
    try:
        children.start("web", web.web_command(f"127.0.0.1:{port}"), {**variables, **web.WEB_VARIABLES})
        assert children.wait_until(lambda: web.answers(port, f"localhost:{port}"), START_SECONDS), "the web server did not answer"
        yield Site(f"http://localhost:{port}", variables, children)
    finally:
        children.stop()


@pytest.fixture
def working_site(site: Site, tmp_path: Path) -> Site:
    """The same with a Celery worker and the scheduler beside it; both end with the web server."""
    site.children.start("worker", web.worker_command(), site.variables)
    site.children.start("beat", web.beat_command(str(tmp_path / "beat")), site.variables)
    return site


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; a container's root needs --no-sandbox."""
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("LEADTRAC_CHROMIUM", "/usr/bin/chromium"),
        "args": ["--no-sandbox"],
    }


Visit = Callable[..., Page]


@pytest.fixture
def visit_as(site: Site, browser: Browser) -> Iterator[Visit]:
    """`visit_as(user, width=1280)`: a page of a browser that is signed in as `user`."""
    contexts: list[BrowserContext] = []

    def visit(user: User | None = None, *, width: int = 1280, height: int = 900, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": height}, java_script_enabled=javascript, reduced_motion="reduce"
        )
        contexts.append(context)
        if user is not None:
            key = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield visit
    for context in contexts:
        context.close()

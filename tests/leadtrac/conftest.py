"""A site of its own for tests in a real browser: the application in a thread, on a database with real commits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine; it may not use its sandbox as root."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's event loop runs in the thread of the tests
    chosen = os.environ.get("LEADTRAC_CHROMIUM")
    place = {"executable_path": chosen} if chosen else {}
    return {**browser_type_launch_args, **place, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}


@pytest.fixture(scope="session")
def connection_before_the_browser(browser_type_launch_args: dict[str, Any]) -> Any:
    """The connection that earlier tests of this process used: under the browser's loop Django opens another one."""
    return connections["default"]


@pytest.fixture
def nobody_connected(connection_before_the_browser: Any) -> None:
    """A database can be cloned only while nobody is connected to it."""
    connection_before_the_browser.close()


@pytest.fixture
def site(nobody_connected: None, world: str, settings: Any) -> Iterator[str]:
    """The address of a demonstration."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.MEDIA_URL = "/no-media/"  # else the live server takes every address for a file
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    settings.CSRF_TRUSTED_ORIGINS = [f"http://localhost:{server.port}"]
    yield f"http://localhost:{server.port}"
    server.terminate()

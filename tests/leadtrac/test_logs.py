"""What production writes into its logs: one line a record, and nobody's words or rows in it."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import resolve

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict
from leadtrac.bench.client import signed_in
from leadtrac.logs import JSONFormatter
from tests.factories import cases
from tests.factories.people import person

ROOT = Path(__file__).resolve().parents[2]
CANARY = "KANARIENVOGEL"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Every record of this process as production formats it, down to the most talkative level that it may be set to."""
    path, root = tmp_path / "program.log", logging.getLogger()
    handler, level = logging.FileHandler(path), root.level
    handler.setFormatter(JSONFormatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield path
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


@pytest.mark.check(47)
@pytest.mark.django_db
def test_what_is_typed_and_shown_stands_in_no_log(log: Path) -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject(CANARY, "ANA")
    client = signed_in(person("ana.lyst", "analyst"))
    client.raise_request_exception = False
    client.post("/search/", {"family_name": CANARY, "reason": CANARY, "purpose": "other"}, follow=True)
    client.post("/search/", {"name": CANARY, "birth": CANARY})
    client.get(f"/subjects/{subject.uuid}/")
    client.post("/accounts/login/", {"login": CANARY, "password": CANARY})
    client.get(f"/nowhere/{CANARY}/")  # typed into the address bar
    client.get(f"/leads/{CANARY}/")
    client.get(f"/search/?name={CANARY}")
    Client(enforce_csrf_checks=True).post(f"/accounts/login/?next=/{CANARY}/", {"login": CANARY})
    Client(HTTP_HOST=CANARY.lower()).get("/notice/")

    said = log.read_text(encoding="utf-8")

    assert "Not Found" in said, "the log speaks of these requests"
    assert CANARY not in said.upper()
    loggers: Any = settings.LOGGING["loggers"]
    assert loggers["django.db.backends"]["level"] == "WARNING", "no query with its values"


def a_row_that_the_database_refuses() -> None:
    for _ in range(2):
        User.objects.create(username=CANARY)


def a_date_that_cannot_be_read() -> None:
    date.fromisoformat(CANARY)


def an_error_out_of_another() -> None:
    try:
        a_date_that_cannot_be_read()
    except ValueError as error:
        raise RuntimeError(CANARY) from error


@pytest.mark.check(47)
@pytest.mark.django_db
@pytest.mark.parametrize("fails", [a_row_that_the_database_refuses, a_date_that_cannot_be_read, an_error_out_of_another])
@pytest.mark.parametrize("name", ["django.request", "celery.app.trace"])
def test_an_exception_says_where_and_of_which_kind_and_quotes_no_value(log: Path, fails: Callable[[], None], name: str) -> None:
    """Libraries quote what they were given: PostgreSQL the failing row, a parser the text; Celery prints the exception besides."""
    try:
        with transaction.atomic():
            fails()
    except Exception as error:
        assert CANARY in f"{error}{error.__cause__}"
        if name == "django.request":
            logging.getLogger(name).error("%s: %s", "Internal Server Error", "/search/", exc_info=True)
        else:
            words = {"name": "tests.fail", "id": "1", "description": "raised unexpected", "exc": repr(error), "traceback": str(error)}
            logging.getLogger(name).error("Task %(name)s[%(id)s] %(description)s: %(exc)s", words, exc_info=True)

    (line,) = log.read_text(encoding="utf-8").splitlines()
    assert CANARY not in line
    assert fails.__name__ in json.loads(line)["exception"], "whoever mends it finds the place"
    if fails is a_row_that_the_database_refuses:
        assert "23505 public.access_user.access_user_username_key" in json.loads(line)["exception"]


def test_what_we_say_ourselves_is_told(log: Path) -> None:
    error = Conflict("This account is open already.")
    logging.getLogger("leadtrac").error("refused", exc_info=error)

    assert "This account is open already." in log.read_text(encoding="utf-8")


def test_an_address_stands_as_the_pattern_of_its_page() -> None:
    request = RequestFactory().get(f"/leads/{CANARY}/")
    request.resolver_match = resolve(request.path)
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "%s: %s", ("Not Found", request.path), None)
    record.request = request

    assert json.loads(JSONFormatter().format(record))["event"] == "Not Found: /leads/<str:number>/"
    assert record.args == ("Not Found", request.path), "other handlers get the record as it was"


@pytest.mark.check(48)
@pytest.mark.parametrize("typed", ["line\r\nforged: yes", "\x1b[31mred", "\x00\x07\x9b", '"}\n{"event": "forged"'])
def test_a_log_line_stays_one_line(typed: str) -> None:
    record = logging.LogRecord("leadtrac", logging.WARNING, __file__, 1, "said %s", (typed,), None)

    line = JSONFormatter().format(record)

    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line)
    assert json.loads(line)["event"] == f"said {typed}"


IN_A_WORKER = """
import logging
from leadtrac.celery import app
app.log.setup(loglevel="INFO", redirect_stdouts=False)
try:
    int("KANARIENVOGEL")
except ValueError as error:
    words = {"name": "t", "id": "1", "description": "raised unexpected", "exc": repr(error), "traceback": "..."}
    logging.getLogger("celery.app.trace").error("Task %(name)s[%(id)s] %(description)s: %(exc)s", words, exc_info=True)
logging.getLogger("celery.worker.strategy").info("Task %s\\nforged", "t")
"""


@pytest.mark.check(47, 48)
def test_workers_log_in_the_same_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{IN_A_WORKER}"],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True,
    )  # fmt: skip

    failed, received = [json.loads(line) for line in done.stderr.splitlines()]
    assert failed["event"] == "Task t[1] raised unexpected: "
    assert "builtins.ValueError" in failed["exception"]
    assert CANARY not in done.stderr
    assert received["event"] == "Task t\nforged"


@pytest.mark.check(47)
@pytest.mark.django_db
def test_the_database_writes_no_values_into_its_own_log() -> None:
    """Of the server that this test runs on, which our launcher started; `docker-compose.yml` sets the same."""
    wanted = {
        "log_statement": "none", "log_min_duration_statement": "-1", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
        "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(wanted)])
        assert dict(cursor.fetchall()) == wanted
    composed = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in ("log_min_error_statement", "log_error_verbosity", "log_parameter_max_length", "log_parameter_max_length_on_error"):
        assert f"-c {name}={wanted[name]}" in composed

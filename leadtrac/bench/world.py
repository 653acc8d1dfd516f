"""How right the product is about a simulated world that came in through the real path, beside the naive rule.

10,000 people times `scale`, half a year of extracts of all nine sources, loaded by two worker processes, judged, and compared
with the hidden truth (`leadtrac.comparison`; what each share means stands in `leadtrac.score_words` and in ADR 15). The seed
changes with the size, so that each size is a world of its own.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from access.context import acting_as
from access.selectors import service_actor
from ingest.services.receive import receive_directory
from ingest.simulator.scoring import Count, IdentityScore, LeadScore
from ingest.simulator.world import TRUTH, simulate
from leads.services.evaluation import evaluate_touched
from leadtrac.bench.database import owner_connection
from leadtrac.bench.figure import Figure
from leadtrac.bench.workers import peak_mebibytes, wait_until, workers
from leadtrac.comparison import compared
from leadtrac.score_words import PRECISION, RECALL

PEOPLE, DAYS, SEED, PROCESSES = 10_000, 180, 5_190_000, 2
LIMIT_SECONDS = 4 * 3600.0
NAIVE = "naive rule"


def measure(scale: int) -> Iterator[Figure]:
    """Times of simulating, loading and judging; then shares and rates of 1,000, as `manage.py score` prints them."""
    database = str(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory() as name, workers(database, PROCESSES) as worker, owner_connection(database) as owner:
        folder = Path(name)
        began = time.monotonic()
        written = simulate(people=PEOPLE * scale, days=DAYS, seed=SEED + scale, out=folder)
        yield Figure(f"a world of {written.people:,} people, {written.rows:,} rows: written", time.monotonic() - began, "s")
        began = time.monotonic()
        with acting_as(service_actor("ingest")):
            receive_directory(actor=service_actor("ingest"), directory=folder, now=datetime.now(UTC), apply=True)
        worker.tell("ingest.tasks.sweep", "svc-ingest")
        wait_until(lambda: _loaded(owner), LIMIT_SECONDS)
        seconds = time.monotonic() - began
        yield Figure(f"loaded by {PROCESSES} processes in {seconds:,.0f} s", written.rows / seconds, "rows/s")
        yield Figure("peak memory of a loading worker", peak_mebibytes(worker.pid), "MiB", at_most=1024.0)
        began = time.monotonic()
        evaluate_touched(actor=service_actor("leads"), now=datetime.now(UTC))
        yield Figure("whoever had not been judged meanwhile: judged by one process", time.monotonic() - began, "s")
        with acting_as(service_actor("leads")):
            comparison = compared(folder / TRUTH)
    if comparison is None:
        message = "Nobody of this world is a record."
        raise RuntimeError(message)
    yield from _by_rule(comparison.leads)
    yield from _together(comparison.leads, comparison.closed[""])
    yield from _identities(comparison.identities)


def _loaded(owner: psycopg.Connection[Any]) -> bool:
    row = owner.execute("SELECT count(*) FILTER (WHERE state NOT IN ('applied', 'refused')) FROM ingest_extract").fetchone()
    return row is not None and row[0] == 0


def _by_rule(score: LeadScore) -> Iterator[Figure]:
    for rule, count in sorted(score.by_rule.items()):
        naive = score.naive_by_rule.get(rule)
        opened = count.right_yes + count.wrong_yes
        if opened:
            yield Figure(f"precision, {rule}, {opened:,} open leads", _cent(count.precision), "%", _beside(naive, "precision"), NAIVE)
        if score.shown[rule].recall is not None:
            shown = _cent(score.shown[rule].recall)
            yield Figure(f"recall, {rule}, of those whom some row shows here", shown, "%", _beside(naive, "recall"), NAIVE)


def _together(score: LeadScore, suspected: Count) -> Iterator[Figure]:
    total, shown, kept, naive = (_sum(counts) for counts in (score.by_rule, score.shown, score.kept, score.naive_by_rule))
    in_time = score.in_time.total()
    yield Figure("precision of open leads", _cent(total.precision), "%", _cent(naive.precision), NAIVE, at_least=100 * PRECISION)
    yield Figure(
        "recall of open leads, of those whom some row shows here",
        _cent(shown.recall),
        "%",
        _cent(naive.recall),
        NAIVE,
        at_least=100 * RECALL,
    )
    yield Figure("recall of open leads, of all true matters", _cent(total.recall), "%")
    yield Figure("found: an open lead, or on the page Waiting for evidence", _cent(kept.recall), "%", at_least=100 * RECALL)
    false, naive_false = score.false_in_time.total(), score.naive_false_in_time.total()
    yield Figure(f"false leads per 1,000 of {in_time:,} who left in time", _rate(false, in_time), "", _rate(naive_false, in_time), NAIVE)
    let_go, naive_let_go = _rate(kept.wrong_no, kept.right_yes + kept.wrong_no), _rate(naive.wrong_no, naive.right_yes + naive.wrong_no)
    yield Figure("true matters wrongly let go, per 1,000", let_go, "", naive_let_go, NAIVE)
    closed = _rate(suspected.right_yes, suspected.right_yes + suspected.wrong_no)
    yield Figure("suspicions that evidence closed without a person, per 1,000", closed, "", 540.0, "closed by the national review of 2011")


def _identities(score: IdentityScore) -> Iterator[Figure]:
    yield Figure(f"pairs of records of {score.subjects:,} people: precision", _cent(score.precision), "%")
    yield Figure("pairs of records: recall", _cent(score.recall), "%")


def _beside(naive: Count | None, which: str) -> float | None:
    return None if naive is None else _cent(naive.precision if which == "precision" else naive.recall)


def _cent(share: float | None) -> float:
    """Per cent; nought where nothing can be said, so that a floor is broken."""
    return 100 * (share or 0)


def _sum(counts: dict[str, Count]) -> Count:
    return sum(counts.values(), Count())


def _rate(part: int, whole: int) -> float:
    return 1000 * part / whole if whole else 0.0

"""Archive and destroy 10,000 leads with everything that hangs on them, among ten times as many that stay.

Yardstick: the same rows deleted the plain way, by the owner, without packages, keys, checks or certificates. Also: what
75 against 25 years would change, the maintenance rewrite, the canary scan, a backup.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from access.context import acting_as
from access.models import RoleGrant, User
from access.selectors import class_for, service_actor
from audit.keys import data_keys
from foundation.crypto import Sealer
from foundation.headquarters import desk_day
from leads.sealing import PURPOSE
from leadtrac.bench.database import owner_connection, url_of
from leadtrac.bench.figure import Figure
from leadtrac.bench.processes import processes
from retention.models import ArchivePackage, Disposition, Schedule
from retention.selectors import compare_years, in_place, schedule_in_force, schedules_in_force
from retention.services import canary, execute, restore
from retention.services.clocks import finish_restatement
from retention.services.maintenance import maintain
from retention.services.opening import open_package
from retention.services.runs import approve_run, close_review, propose_run, sample_not_opened, start_run
from retention.services.schedules import approve_schedule

DUE, STAY = 10_000, 90_000
WORKERS = 2  # as many as there are cores; a run that people start asks for two
NOW = datetime.now(UTC)
TARGET_SECONDS, LOCK_SECONDS = 60.0, 1.0

SUBJECTS = """
INSERT INTO subjects_subject (uuid, class_id, family_name, given_name, full_name_source_script, name_key, date_of_birth, sex, citizenship,
    identity_strength)
SELECT gen_random_uuid(), %(hq)s, 'EXAMPLE ' || n, 'ANA', '', 'example ana', date '1970-01-01' + n %% 12000, 'F', 'PRT', 'strong'
FROM generate_series(1, %(leads)s) n
"""
LEADS = """
INSERT INTO leads_lead (uuid, number, class_id, subject_id, state, state_since, close_reason, why, rule_id, presence, risk, risk_points,
    blocking_signs, evaluation_digest, record_created_on, legacy_number, version)
SELECT gen_random_uuid(), 'L-' || lpad(to_hex(n), 9, '0'), %(hq)s, id, 'closed', %(now)s, 'departed', 'B2 over', 'overstay-dated',
    '', '', 0, 0, '',
    CASE WHEN n <= %(due)s THEN date '2000-01-01' + n %% 300 ELSE date '2020-01-01' + n %% 2000 END, '', 1
FROM (SELECT id, (row_number() OVER (ORDER BY id))::int AS n FROM subjects_subject) s
"""
CLOCKS = """
INSERT INTO retention_retentionclock (lead_id, class_id, lead_number, record_created_on, conditions, schedule_id, archive_on, destroy_on,
    computed_at)
SELECT id, %(records)s, number, record_created_on, '{}', %(schedule)s, NULL, (record_created_on + interval '75 years')::date, now()
FROM leads_lead
"""
CHILDREN = (
    """
INSERT INTO leads_transition (lead_id, class_id, action, from_state, to_state, actor_id, occurred_at)
SELECT id, class_id, 'close', 'queued', 'closed', %(actor)s, now() FROM leads_lead, generate_series(1, 3)
""",
    """
INSERT INTO leads_finding (uuid, class_id, lead_id, subject_id, rule_id, rule_version, matter_key, violation, holds, outcome, closing,
    sentence, evidence, evidence_digest, as_of)
SELECT gen_random_uuid(), class_id, id, subject_id, 'overstay-dated', '1', 'm' || k, 'overstay', true, 'stands', '', 'over since 2000',
    '{}', '', date '2001-01-01'
FROM leads_lead, generate_series(1, 2) k
""",
    """
INSERT INTO subjects_addressfact (uuid, subject_id, class_id, source, as_of, record_key, known_at, line, city, county, state, postal_code,
    kind, confirmed)
SELECT gen_random_uuid(), id, class_id, 'adis', date '2001-01-01', id, now(), '1 Example Street', 'Boston', '', 'MA', '02108', 'residence',
    false
FROM subjects_subject, generate_series(1, 3)
""",
    """
INSERT INTO subjects_admissionfact (uuid, subject_id, class_id, source, as_of, record_key, known_at, admission_last_four, arrived_on,
    class_of_admission, duration_of_status, admit_until_text, port, mode, carrier, us_address_state, source_says)
SELECT gen_random_uuid(), id, class_id, 'adis', date '2001-01-01', id, now(), '', date '2000-01-01', 'B2', false, '', 'BOS', 'air', '',
    'MA', ''
FROM subjects_subject, generate_series(1, 2)
""",
)
PLAIN = (
    "DELETE FROM leads_note WHERE lead_id = ANY (%s)",
    "DELETE FROM leads_finding WHERE lead_id = ANY (%s)",
    "DELETE FROM leads_transition WHERE lead_id = ANY (%s)",
    "DELETE FROM retention_retentionclock WHERE lead_id = ANY (%s)",
    "DELETE FROM leads_lead WHERE id = ANY (%s)",
)


def measure(scale: int) -> Iterable[Figure]:
    """Figures at 100,000 leads times `scale`; 10,000 of them due."""
    team = _officers()
    _fill(scale)
    with acting_as(team[0]):
        began = time.monotonic()
        compare_years(schedules_in_force(), in_place(Schedule.objects.get(version=2)))
        yield Figure(f"simulate 75 against 25 years over {(DUE + STAY) * scale:,} leads", time.monotonic() - began, "s")
        approve_schedule(actor=team[0], schedule=Schedule.objects.get(version=2), authority="MEASUREMENT", now=NOW)
    began = time.monotonic()
    finish_restatement(now=NOW)
    yield Figure(f"date {(DUE + STAY) * scale:,} records anew", time.monotonic() - began, "s")
    yardstick = _plain_delete()
    with tempfile.TemporaryDirectory() as folder, _folders(Path(folder)):
        archived = yield from _run("archive", team, yardstick)
        yield from _maintain(team)
        destroyed = yield from _run("destroy", team, None)
        total = archived + destroyed
        yield Figure("archive and destroy 10,000 leads", total, "s", yardstick, "plain DELETE", at_most=TARGET_SECONDS)
        yield from _looks(Path(folder))


def _officers() -> list[User]:
    team = [User.objects.create(username=f"bench-{name}") for name in ("a", "b", "c")]
    with acting_as(service_actor("audit")):
        for user in team:
            RoleGrant.objects.create(user=user, role_id="records_officer", reason="measurement")
    return team


def _fill(scale: int) -> None:
    """Subjects, leads, clocks, children by SQL; a sealed note for each lead that is due."""
    service = service_actor("leads")
    with acting_as(service):
        values: dict[str, Any] = {
            "hq": class_for(audience="hq"),
            "records": class_for(audience="records"),
            "leads": (DUE + STAY) * scale,
            "due": DUE + 1000,
            "now": NOW,
            "actor": service.pk,
            "schedule": schedule_in_force().pk,
        }
        with connection.cursor() as cursor:
            for statement in (SUBJECTS, LEADS, CLOCKS, *CHILDREN):
                cursor.execute(statement, values)
            cursor.execute("SELECT id, uuid, class_id FROM leads_lead ORDER BY id LIMIT %s", [DUE + 1000])
            due = cursor.fetchall()
            keys = data_keys([row[1] for row in due], purpose=PURPOSE)
            notes = [(lead, hq, service.pk, NOW, Sealer(keys[scope]).seal(b"a note", scope.bytes)) for lead, scope, hq in due]
            cursor.executemany(
                "INSERT INTO leads_note (uuid, lead_id, class_id, audience, author_id, written_at, sealed) "
                "VALUES (gen_random_uuid(), %s, %s, 'hq', %s, %s, %s)",
                notes,
            )
    with owner_connection(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("ANALYZE")


def _plain_delete() -> float:
    """Seconds for 10,000 leads, from a thousand that were made for it."""
    with owner_connection(str(connection.settings_dict["NAME"])) as owner:
        ids = [row[0] for row in owner.execute("SELECT id FROM leads_lead ORDER BY record_created_on DESC, id LIMIT 1000").fetchall()]
        began = time.monotonic()
        for statement in PLAIN:
            owner.execute(statement, [ids])
        return (time.monotonic() - began) * DUE / 1000


@contextmanager
def _folders(folder: Path) -> Iterator[None]:
    before = settings.ARCHIVE_DIR, settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR
    settings.ARCHIVE_DIR, settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR = folder / "archive", folder / "checkpoints", ""
    try:
        yield
    finally:
        settings.ARCHIVE_DIR, settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR = before


def _run(kind: str, team: list[User], yardstick: float | None) -> Generator[Figure, None, float]:
    """A run from its list to its certificate; returns the seconds of carrying it out."""
    run = _signed(kind, team)
    with acting_as(team[0]):
        start_run(actor=team[0], run=run, now=NOW)
    with processes(WORKERS, database_url=url_of(str(connection.settings_dict["NAME"]), "DATABASE_URL")) as pool:
        os.sync()  # what was written before is on the disk: no batch of ours waits for it
        wal, began = _wal(), time.monotonic()
        longest = max(pool.map(_carry_out, [run.pk] * WORKERS, [NOW] * WORKERS))
        seconds = time.monotonic() - began
    yield Figure(f"{kind} {DUE:,} leads, {WORKERS} processes", seconds, "s", yardstick, "plain DELETE" if yardstick else "")
    yield Figure(f"{kind}: longest batch, its locks with it", longest, "s", at_most=LOCK_SECONDS)
    yield Figure(f"{kind}: WAL written", (_wal() - wal) / 1e6, "MB")
    return seconds


def _carry_out(run_id: int, now: datetime) -> float:
    """What a worker does; returns the seconds of its longest batch."""
    pace = execute.usual_pace()
    execute.execute_run(run_id, now=now, pace=pace)
    return pace.longest_seconds


def _signed(kind: str, team: list[User]) -> Disposition:
    with acting_as(team[0]):
        run = propose_run(actor=team[0], kind=kind, as_of=desk_day(NOW), now=NOW)
        for item in sample_not_opened(run) if kind == "destroy" else []:
            package = ArchivePackage.objects.get(lead_uuid=item.lead_uuid)
            open_package(actor=team[0], package=package, reason="sample", kind="sample")
        run = close_review(actor=team[0], run=run, now=NOW)
    for approver in team[1 : 2 if kind == "archive" else 3]:
        with acting_as(approver):
            run = approve_run(actor=approver, run=run, seen=run.list_sha256, now=NOW)
    return run


def _wal() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def _maintain(team: list[User]) -> Iterator[Figure]:
    """Rewrite the tables; with an older transaction anywhere on the server it does not suffice, and the destruction is refused."""
    connection.close()
    began = time.monotonic()
    done = maintain(actor=team[0])
    yield Figure(f"maintenance: {len(done)} tables rewritten", time.monotonic() - began, "s")
    yield Figure("maintenance: dead rows that an older transaction kept", sum(each.left_behind for each in done), "rows", at_most=0)


def _looks(folder: Path) -> Iterator[Figure]:
    began = time.monotonic()
    canary.scan(["a note that is nowhere"])
    yield Figure("canary scan of dump, heap, files, Redis", time.monotonic() - began, "s")
    began = time.monotonic()
    made = restore.backup(folder / "backups", now=NOW)
    yield Figure(f"backup ({made.size_bytes / 1e6:,.0f} MB)", time.monotonic() - began, "s")
    with _empty_database():
        began = time.monotonic()
        restore.restore(made.folder, now=NOW)
        yield Figure(f"restore drill: put back, ledger of {DUE:,} replayed", time.monotonic() - began, "s")


@contextmanager
def _empty_database() -> Iterator[None]:
    """Django works on a new, empty database for a while."""
    usual = str(connection.settings_dict["NAME"])
    name = f"{usual}_restored"
    with owner_connection("postgres") as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        with owner_connection("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

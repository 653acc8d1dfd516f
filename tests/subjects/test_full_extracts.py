"""What a full extract no longer holds, and that the order in which extracts arrive makes no difference to what stands."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from ingest.models import Extract, QuarantinedRow
from ingest.services.expire import expire_quarantine
from ingest.services.quarantine import repair
from ingest.services.requests import request_unimport
from ingest.sources.registry import SOURCES
from leads.judging import judge
from leads.snapshots import snapshot_of
from subjects.models import IdentityLink, Subject
from subjects.services.drain import drain
from subjects.services.fact_rows import FACT_TABLES
from subjects.services.preview import preview
from tests.factories.drops import AS_OF, NOW, adis, load, overstay, receive, write_drop
from tests.factories.people import person

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
DAY = timedelta(days=1)
SINCE = (AS_OF + DAY).date()
OTHER = {"admission_number": "999000888X4", "passport_number": "ZZ0007777", "family_name": "SAMPLE", "date_of_birth": "1960-01-09"}


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


def missing_since() -> list[date | None]:
    """Of each record that is somebody's, in the order in which they came."""
    return list(IdentityLink.objects.filter(closed_at=None).order_by("id").values_list("unreported_since", flat=True))


def signs(subject: Subject) -> list[str]:
    return [sign.sentence for sign in judge(snapshot_of(subject)).blocking if sign.code == "record_unreported"]


def test_a_record_that_a_later_full_extract_lacks_is_marked_kept_and_stops_a_referral(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER)], kind="full")
    load(tmp_path, [overstay("R2", **OTHER)], kind="full", as_of=AS_OF + DAY, now=NOW + DAY)

    gone, there = Subject.objects.order_by("id")
    assert missing_since() == [SINCE, None]
    assert (gone.touched_at, there.touched_at) == (NOW + DAY, NOW)
    assert gone.admissionfacts.get(superseded_at=None, retracted_at=None).source == "adis"
    assert signs(gone) == ["ADIS no longer reports a record that this rests on (since 23 Nov 2026): ask the source."]
    assert signs(there) == []


def test_a_delta_says_nothing_of_what_it_leaves_out_and_brings_a_missing_record_back(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER)], kind="full")
    load(tmp_path, [overstay("R2", **OTHER, arrival_port="BOS")], as_of=AS_OF + DAY)
    assert missing_since() == [None, None]

    load(tmp_path, [overstay("R2", **OTHER)], kind="full", as_of=AS_OF + 2 * DAY)
    assert missing_since() == [(AS_OF + 2 * DAY).date(), None]

    load(tmp_path, [overstay("R1")], as_of=AS_OF + 3 * DAY, now=NOW + 3 * DAY)
    assert missing_since() == [None, None]
    assert Subject.objects.order_by("id")[0].touched_at == NOW + 3 * DAY


def test_a_row_in_quarantine_is_reported_all_the_same_and_one_without_a_key_silences_its_extract(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER)], kind="full")
    bad = overstay("R1", arrival_date="2 April")
    load(tmp_path, [bad], kind="full", as_of=AS_OF + DAY)
    assert missing_since() == [None, SINCE]

    load(tmp_path, [overstay("R1"), overstay("")], kind="full", as_of=AS_OF + 2 * DAY)
    assert missing_since() == [None, SINCE]  # still by the first of the two

    row = QuarantinedRow.objects.get(extract__as_of=AS_OF + 2 * DAY)
    with transaction.atomic():
        repair(actor=service_actor("ingest"), row=row, text=_text(overstay("R3", **OTHER | {"admission_number": "999000777X4"})), now=NOW)
    drain(now=NOW)
    assert missing_since() == [None, SINCE, None]


def test_a_missing_record_stays_missing_and_a_badly_stated_one_stays_stated_when_the_quarantine_expires(tmp_path: Path) -> None:
    third = {"admission_number": "999000777X4", "passport_number": "ZZ0007778", "family_name": "SAMPLER", "date_of_birth": "1961-02-10"}
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER), overstay("R3", **third)], kind="full")
    load(tmp_path, [overstay("R2", **OTHER), overstay("R3", **third, arrival_date="2 April")], kind="full", as_of=AS_OF + DAY)
    assert missing_since() == [SINCE, None, None]

    assert expire_quarantine(now=QuarantinedRow.objects.get().recorded_at + timedelta(days=settings.QUARANTINE_DAYS + 1)) == 1
    load(tmp_path, [overstay("R2", **OTHER, arrival_port="BOS")], as_of=AS_OF + 2 * DAY)
    assert missing_since() == [SINCE, None, None]
    assert signs(Subject.objects.order_by("id")[0])

    load(tmp_path, [overstay("R2", **OTHER)], kind="full", as_of=AS_OF + 3 * DAY)
    assert missing_since() == [SINCE, None, (AS_OF + 3 * DAY).date()]


def test_a_repaired_row_speaks_of_its_own_records_and_the_last_without_a_key_of_all(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER)], kind="full")
    load(tmp_path, [overstay("R2", arrival_date="2 April"), overstay("")], kind="full", as_of=AS_OF + DAY)
    third = overstay("R3", **OTHER | {"admission_number": "999000777X4"})
    looks = []
    for row, repaired in zip(QuarantinedRow.objects.order_by("id"), (overstay("R2", **OTHER), third), strict=True):
        with transaction.atomic():
            repair(actor=service_actor("ingest"), row=row, text=_text(repaired), now=NOW)
        with CaptureQueriesContext(connection) as captured:
            drain(now=NOW)
        asked = [query["sql"] for query in captured if "WITH full_ones" in query["sql"]]
        looks.append((sum("IS NOT NULL AND TRUE" in sql for sql in asked), missing_since()))

    assert looks == [(0, [None, None]), (1, [SINCE, None, None])]


def test_taking_the_full_extract_back_takes_its_silence_back(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER)], kind="full")
    full = load(tmp_path, [overstay("R2", **OTHER)], kind="full", as_of=AS_OF + DAY)

    request_unimport(actor=service_actor("ingest"), extract=full, reason="Half of the file.", now=NOW)
    drain(now=NOW + 2 * DAY)

    assert missing_since() == [None, None]
    assert Subject.objects.order_by("id")[0].touched_at == NOW + 2 * DAY


def test_a_preview_says_how_many_and_marks_nobody(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER)], kind="full")
    received = receive(write_drop(tmp_path, [overstay("R2", **OTHER)], kind="full", as_of=AS_OF + DAY), apply=False)
    drain(now=NOW)
    extract = Extract.objects.get(pk=received.extract.pk)

    figures = preview(extract=extract, actor=service_actor("ingest"), now=NOW).figures

    assert figures["people with a record reported no longer, or again"] == 1
    assert missing_since() == [None, None]


def test_the_person_and_the_record_say_so(tmp_path: Path, client_as: ClientAs) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **OTHER)], kind="full")
    load(tmp_path, [overstay("R2", **OTHER)], kind="full", as_of=AS_OF + DAY)
    gone = Subject.objects.order_by("id")[0]
    client = client_as(person("ana.analyst", "analyst"))

    page, identity = (client.get(f"/subjects/{gone.uuid}/{end}").content.decode() for end in ("", "identity/"))

    assert "no longer reports 1 record of this person, missing from its full extract of 23 Nov 2026" in page
    assert "no longer reported since 23 Nov 2026" in identity


@dataclass(frozen=True)
class Drop:
    """One extract of a small history."""

    day: int
    kind: str
    rows: tuple[tuple[str, Mapping[str, str]], ...]


def history(dice: Random) -> list[Drop]:
    """Extracts of three people over six days: full and delta, overlapping, with changed, repeated and missing records.

    Each newest row flags its person: of somebody whom only an old row flagged, less is kept when it comes late, on purpose.
    """
    people: dict[str, dict[str, str]] = {
        f"R{n}": {
            "admission_number": f"99900{n}888X4",
            "passport_number": f"ZZ000777{n}",
            "family_name": f"SAMPLE{'ABC'[n]}",
            "date_of_birth": f"196{n}-0{n + 1}-1{n}",
        }
        for n in range(3)
    }
    drops = []
    for day in range(5):
        chosen = [key for key in people if dice.random() < 0.7] or ["R0"]
        for key in chosen:
            if dice.random() < 0.5:
                people[key] = people[key] | {"arrival_port": dice.choice(["NYC", "BOS", "MIA"]), "admit_until": f"2026-10-0{day + 1}"}
        drops.append(Drop(day, dice.choice(["full", "delta"]), tuple((key, dict(people[key])) for key in chosen)))
    return drops


def end_state() -> set[tuple[Any, ...]]:
    """Each record: since when it is missing, and what stands of it."""
    found: set[tuple[Any, ...]] = set()
    for link in IdentityLink.objects.filter(closed_at=None):
        found.add((link.record_key, "missing since", link.unreported_since))
        for table in FACT_TABLES.values():
            standing = table.model._default_manager.filter(
                subject_id=link.subject_id, record_key=link.record_key, superseded_at=None, retracted_at=None
            )
            found |= {(link.record_key, table.name, *row) for row in standing.values_list(*table.compared)}
    assert found
    return found


def played(folder: Path, drops: list[Drop]) -> set[tuple[Any, ...]]:
    """The end state after the extracts came in this order; nothing of it stays."""
    with transaction.atomic():
        for drop in drops:
            rows = [overstay(key, **cells) for key, cells in drop.rows]
            load(folder, rows, kind=drop.kind, as_of=AS_OF + drop.day * DAY, name=f"day-{drop.day}")
        state = end_state()
        transaction.set_rollback(True)
    return state


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_arrival_makes_no_difference(tmp_path: Path, seed: int) -> None:
    dice = Random(seed)  # noqa: S311  # a made-up history
    drops = history(dice)
    straight = played(tmp_path, drops)

    for order in (drops[::-1], dice.sample(drops, len(drops))):
        assert played(tmp_path, order) == straight


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3, 9))
def test_no_order_of_arrival_makes_a_difference(tmp_path: Path, seed: int) -> None:
    dice = Random(seed)  # noqa: S311  # a made-up history
    drops = history(dice)[:4]
    assert len({frozenset(played(tmp_path, list(order))) for order in itertools.permutations(drops)}) == 1


def _text(row: Mapping[str, str]) -> str:
    return ",".join(row.get(column, "") for column in SOURCES["adis"].columns)


def test_a_row_out_of_the_buffer_that_a_full_extract_lacks_is_missing_from_its_first_day(tmp_path: Path) -> None:
    load(tmp_path, [adis("R1")])
    load(tmp_path, [adis("R9", **OTHER)], kind="full", as_of=AS_OF + DAY)
    load(tmp_path, [overstay("R2", admission_number="999000777X4")], as_of=AS_OF + 2 * DAY)

    assert sorted(map(str, missing_since())) == [str(SINCE), "None"]

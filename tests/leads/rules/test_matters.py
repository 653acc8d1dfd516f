"""What people settled about a matter outlives the return of the record after which it was named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from leads.rules.evaluation import evaluate
from leads.rules.matters import names_of
from leads.rules.snapshot import Correction, Snapshot
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)


def twice(first_seen: str) -> Snapshot:
    """One entry of which two records tell; the first of them as it stands since `first_seen`."""
    entry = "admitted 2026-01-10 B2 until 2026-07-09"
    return snapshot(f"{entry} no A1 seen {first_seen}; {entry} no A5 seen 2026-02-05", AS_OF)


def visa(first_seen: str) -> Snapshot:
    issued = f"visa V1 issued 2025-12-01 seen {first_seen}"
    return snapshot(f"admitted 2026-01-10 B2 until 2026-12-31; {issued}; visa V1 revoked 2026-05-01 seen 2026-05-02", AS_OF)


def test_a_decision_holds_when_the_first_record_comes_again() -> None:
    for case in (twice, visa):
        finding = evaluate(case("2026-02-01")).findings[0]
        settled = Correction(finding.matter_key, "wrong_person", date(2026, 10, 1), finding.evidence_digest)
        again = replace(case("2026-10-20"), corrections=(settled,))
        assert evaluate(again).findings == (), case.__name__


def test_another_matter_of_the_person_is_not_settled_with_it() -> None:
    earlier = "admitted 2025-01-10 B2 until 2025-07-09 no A0; departed 2025-07-01 biometric no A0"
    given = snapshot(f"{earlier}; admitted 2026-01-10 B2 until 2026-07-09 no A1", AS_OF)
    first, second = (verdict.matter_key for verdict in evaluate(given).verdicts)
    assert names_of(given, first).isdisjoint(names_of(given, second))


def test_a_finding_beside_the_stay_keeps_its_own_name() -> None:
    given = snapshot("admitted 2026-01-10 B2 until 2026-07-09; worked reported from 2026-05-01 unauthorized", AS_OF)
    stay, work = sorted({verdict.matter_key for verdict in evaluate(given).verdicts}, key=len)
    assert names_of(given, work) == {work}
    assert names_of(given, stay) == {stay}

"""Compare what the application found in a simulated world with the hidden truth about it.

1. Read the truth file, which no other part of the application ever opens.
2. Read which subject holds which record, and which rules stand on it.
3. Ask the naive rule about the same subjects.
4. Print precision and recall of leads by rule beside the naive rule, and of identities by source and by noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from access.context import acting_as
from access.selectors import service_actor
from ingest.services.source_rows import record_key
from ingest.simulator.scoring import Answers, Count, IdentityScore, LeadScore, TrueLife, read_truth, score_identities, score_leads
from leads.models import Finding, Lead
from leads.rules.naive import naive
from leads.snapshots import snapshots, sources_now
from leads.states import OPEN_STATES, LeadState
from subjects.models import IdentityLink, Subject

SUBJECTS_AT_ONCE = 2000
NEEDS_FOR_NAIVE = ("adis", "sevis")


class Command(BaseCommand):
    help = "Print how well leads and identities agree with the hidden truth of a simulated world. Prints counts only."

    def add_arguments(self, parser: CommandParser) -> None:
        """The truth file, and how much to print."""
        parser.add_argument("--truth", type=Path, required=True, help="truth.jsonl.gz, as the simulator wrote it")
        parser.add_argument("--situations", action="store_true", help="also by situation: where the answers are wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compare, print. Fails when the world of the truth file was never received here."""
        path: Path = options["truth"]
        if not path.is_file():
            message = f"There is no file {path}."
            raise CommandError(message)
        lives = list(read_truth(path))
        with acting_as(service_actor("leads")):
            held = holders()
            answers = Answers(open=open_rules(), waiting=waiting_rules(), naive=naive_rules())
            closed = closed_by_themselves()
        leads = score_leads(lives, lambda source, key: held.get((source, record_key(source, key))), answers)
        identities = score_identities(lives, lambda source, key: held.get((source, record_key(source, key))))
        if not identities.subjects:
            message = "None of these people is a record here: receive and apply the extracts of this world first."
            raise CommandError(message)
        self._print_leads(lives, leads)
        self._print_summary(leads, closed)
        if options["situations"]:
            self._print_situations(leads)
        self._print_identities(identities)

    def _print_leads(self, lives: list[TrueLife], score: LeadScore) -> None:
        self.stdout.write(f"{len(lives):,} people in the truth.\n\nOpen leads by rule, on people whom a source flagged:\n")
        ours = f"{'rule':20} {'true':>6} {'false':>6} {'precision':>10} {'recall':>8} {'of shown':>8} {'kept':>8}"
        self.stdout.write(f"{ours}   naive: {'precision':>9} {'recall':>8} {'not flagged':>12}")
        total, shown, kept = Count(), Count(), Count()
        for rule, count in sorted(score.by_rule.items()):
            self.stdout.write(
                _line(rule, count, score.shown[rule], score.kept[rule], score.naive_by_rule.get(rule), score.not_flagged[rule])
            )
            total, shown, kept = total + count, shown + score.shown[rule], kept + score.kept[rule]
        self.stdout.write(_line("all rules", total, shown, kept, None, sum(score.not_flagged.values())))
        self.stdout.write(
            "\nrecall: true matters with an open lead. of shown: the same, of the people whom some row shows in the country after the "
            "violation.\nkept: true matters with an open lead or waiting for evidence; the rest were let go.\n"
        )

    def _print_summary(self, score: LeadScore, closed: tuple[int, int]) -> None:
        kept = sum((count for count in score.kept.values()), Count())
        true = kept.right_yes + kept.wrong_no
        self.stdout.write(f"False leads per 1,000 who left in time: {per_thousand(score.false_in_time, score.in_time)}")
        self.stdout.write(f"  naive rule: {per_thousand(score.naive_false_in_time, score.in_time)} of {score.in_time:,}")
        self.stdout.write(f"True leads let go per 1,000: {per_thousand(kept.wrong_no, true)} of {true:,}")
        words = "Suspected people of whom nothing is open or waiting any more"
        self.stdout.write(f"{words}: {per_thousand(*closed)} per 1,000 of {closed[1]:,} (the national review of 2011 closed 540)")

    def _print_situations(self, score: LeadScore) -> None:
        self.stdout.write("\nWrong answers by situation:\n")
        wrong = {key: count for key, count in score.by_situation.items() if count.wrong_yes or count.wrong_no}
        for (rule, outcome), count in sorted(wrong.items(), key=lambda item: -(item[1].wrong_yes + item[1].wrong_no)):
            total = count.right_yes + count.wrong_yes + count.wrong_no + count.right_no
            self.stdout.write(f"{rule:20} {outcome:36} {count.wrong_yes:5,} wrongly said, {count.wrong_no:5,} missed, of {total:,}")

    def _print_identities(self, score: IdentityScore) -> None:
        self.stdout.write(f"\nIdentities: {score.subjects:,} subjects, {score.mixed:,} hold records of more than one person.")
        self.stdout.write(f"Pairs of records: precision {share(score.precision).strip()}, recall {share(score.recall).strip()}.\n")
        for title, counts in (("source", score.by_source), ("noise", score.by_noise)):
            self.stdout.write(f"Records with their person's subject, by {title}:")
            for name, count in sorted(counts.items()):
                self.stdout.write(f"  {name:28} {share(count.recall)} of {count.right_yes + count.wrong_no:,}")


def share(value: float | None) -> str:
    """A share with three digits, or a dash where nothing can be said."""
    return f"{value:8.3f}" if value is not None else f"{'-':>8}"


def holders() -> dict[tuple[str, int], int]:
    """Which subject holds a record now: (source, keyed record key) to subject id."""
    links = IdentityLink.objects.filter(closed_at=None).values_list("source", "record_key", "subject_id")
    return {(source, key): subject for source, key, subject in links.iterator()}


def _line(rule: str, count: Count, shown: Count, kept: Count, naive: Count | None, not_flagged: int) -> str:
    true, false = count.right_yes + count.wrong_no, count.wrong_yes + count.right_no
    ours = f"{rule:20} {true:6,} {false:6,} {share(count.precision):>10} {share(count.recall)} {share(shown.recall)} {share(kept.recall)}"
    beside = f"{share(naive.precision)} {share(naive.recall)}" if naive else f"{'':9}{'':9}"
    return f"{ours}          {beside} {not_flagged:12,}"


def per_thousand(part: int, whole: int) -> str:
    """A rate with one digit, or a dash."""
    return f"{1000 * part / whole:.1f}" if whole else "-"


_ALLEGED = (Finding.Outcome.STANDS, Finding.Outcome.HELD, Finding.Outcome.REVIEW)


def _newest() -> QuerySet[Finding]:
    """The newest answer of each rule on each matter."""
    rows = Finding.objects.filter(subject__isnull=False).order_by("subject", "rule_id", "matter_key", "-id")
    return rows.distinct("subject", "rule_id", "matter_key")


def _worked_on() -> dict[int, int]:
    """The lead that is open and not on hold, by subject."""
    states = [state for state in OPEN_STATES if state != LeadState.ON_HOLD]
    found = Lead.objects.filter(state__in=states, subject__isnull=False).values_list("subject_id", "pk")
    return {subject: pk for subject, pk in found if subject is not None}


def open_rules() -> dict[int, frozenset[str]]:
    """Rules with a finding that stands today on a lead that somebody may work on, by subject."""
    worked_on = _worked_on()
    return _by_subject(
        (subject, rule)
        for subject, rule, outcome in _newest().values_list("subject_id", "rule_id", "outcome")
        if subject in worked_on and outcome == Finding.Outcome.STANDS
    )


def waiting_rules() -> dict[int, frozenset[str]]:
    """Rules that allege something today without a lead that somebody may work on: it waits for evidence or for a decision."""
    worked_on = _worked_on()
    return _by_subject(
        (subject, rule)
        for subject, rule, outcome in _newest().values_list("subject_id", "rule_id", "outcome")
        if outcome in _ALLEGED and not (subject in worked_on and outcome == Finding.Outcome.STANDS)
    )


def closed_by_themselves() -> tuple[int, int]:
    """Suspected people of whom nothing is open or waiting any more, and all suspected people."""
    suspected: set[int | None] = set()
    alleged: set[int | None] = set()
    for subject, outcome in _newest().values_list("subject_id", "outcome"):
        suspected.add(subject)
        if outcome in _ALLEGED:
            alleged.add(subject)
    return len(suspected - alleged), len(suspected)


def _by_subject(pairs: Iterable[tuple[int | None, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for subject, rule in pairs:
        if subject is not None:
            found[subject].add(rule)
    return {subject: frozenset(rules) for subject, rules in found.items()}


def naive_rules() -> dict[int, frozenset[str]]:
    """What the naive rule says, by subject, as of the older of the two sources that it reads."""
    newest = sources_now()
    as_of = min((newest[source] for source in NEEDS_FOR_NAIVE if source in newest), default=date.min)
    found: dict[int, frozenset[str]] = {}
    ids = list(Subject.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), SUBJECTS_AT_ONCE):
        subjects = list(Subject.objects.filter(pk__in=ids[start : start + SUBJECTS_AT_ONCE]))
        for subject, snapshot in snapshots(subjects, newest).items():
            found[subject] = frozenset(rule for rule, said in naive(snapshot, as_of).items() if said)
    return found

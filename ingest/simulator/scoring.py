"""How well the application did against the hidden truth: leads by rule and by situation, identities by source and by noise.

Pure. The application gives two mappings (which subject holds a record, which rules stand on a subject); the truth file
gives the rest. Nothing here is read by any other part of the application.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SubjectOf = Callable[[str, str], int | None]  # (source, record key) -> subject, None where the row waits in the buffer
NOISE_FREE = "none"
LEFT_IN_TIME = "left_in_time"


class TrueMatter(NamedTuple):
    """One suspicion as it truly is (see `docs/extracts.md`)."""

    rule: str
    source: str
    key: str
    outcome: str
    true_lead: bool
    noise: tuple[str, ...]
    shown_here: bool = True


class TrueLife(NamedTuple):
    """One person as they truly are."""

    person: str
    records: Mapping[str, tuple[str, ...]]
    matters: tuple[TrueMatter, ...]


@dataclass(slots=True)
class Count:
    """Answers to a yes-or-no question. A share that nothing can be said about is None."""

    right_yes: int = 0
    wrong_yes: int = 0
    wrong_no: int = 0
    right_no: int = 0

    def add(self, *, said: bool, true: bool) -> None:
        """Count one answer."""
        if said:
            self.right_yes += true
            self.wrong_yes += not true
        else:
            self.wrong_no += true
            self.right_no += not true

    def __add__(self, other: Count) -> Count:
        """Add two counts."""
        return Count(
            self.right_yes + other.right_yes,
            self.wrong_yes + other.wrong_yes,
            self.wrong_no + other.wrong_no,
            self.right_no + other.right_no,
        )

    @property
    def precision(self) -> float | None:
        """Of those said, the share that is true."""
        said = self.right_yes + self.wrong_yes
        return self.right_yes / said if said else None

    @property
    def recall(self) -> float | None:
        """Of the true ones, the share that was said."""
        true = self.right_yes + self.wrong_no
        return self.right_yes / true if true else None


@dataclass(slots=True)
class LeadScore:
    """Counts of suspicions, once for a person and a rule.

    `by_rule`: open leads against the truth, of people who are a record of the application. `shown`: the same over true
    matters of people whom some row shows in the country, and all false ones. `kept`: true matters that are open or waiting
    for evidence, against true matters that were let go. `not_flagged`: true matters that no source flagged, and of whom the
    application therefore may keep nothing. `in_time`: people who left in time, flagged or not; `false_in_time`: those of
    them with an open lead. `naive...`: what the naive rule says of the same people, for the rules that it has.
    """

    people: int = 0
    by_rule: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    shown: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    kept: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    naive_by_rule: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    by_situation: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    not_flagged: Counter[str] = field(default_factory=Counter)
    in_time: Counter[str] = field(default_factory=Counter)
    false_in_time: Counter[str] = field(default_factory=Counter)
    naive_false_in_time: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the application says, by subject: rules on an open lead, rules that wait for evidence, rules of the naive yardstick.

    `naive_rules` are the rules that the yardstick has.
    """

    open: Mapping[int, frozenset[str]]
    waiting: Mapping[int, frozenset[str]]
    naive: Mapping[int, frozenset[str]]
    naive_rules: frozenset[str] = frozenset()

    def says(self, which: Mapping[int, frozenset[str]], subjects: Iterable[int], rule: str) -> bool:
        """Return whether any of the subjects has the rule in one of the three."""
        return any(rule in which.get(subject, frozenset()) for subject in subjects)


@dataclass(slots=True)
class IdentityScore:
    """Pairs of records of one person: `together` are both right and found. `by_source` and `by_noise` count single records.

    A record is right when it lies with the subject that holds most of its person's records. `mixed` subjects hold records
    of more than one person.
    """

    true_pairs: int = 0
    found_pairs: int = 0
    together: int = 0
    mixed: int = 0
    subjects: int = 0
    by_source: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    by_noise: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))

    @property
    def precision(self) -> float | None:
        """Of the pairs that share a subject, the share that truly belongs together."""
        return self.together / self.found_pairs if self.found_pairs else None

    @property
    def recall(self) -> float | None:
        """Of the pairs that truly belong together, the share that shares a subject."""
        return self.together / self.true_pairs if self.true_pairs else None


def read_truth(path: Path) -> Iterator[TrueLife]:
    """The people of a truth file, one after another."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            content = json.loads(line)
            matters = (
                TrueMatter(
                    matter["rule"],
                    matter["source"],
                    matter["key"],
                    matter["outcome"],
                    matter["true_lead"],
                    tuple(matter["noise"]),
                    matter["shown_here"],
                )
                for matter in content["matters"]
            )
            yield TrueLife(content["person"], {source: tuple(keys) for source, keys in content["records"].items()}, tuple(matters))


def score_leads(lives: Iterable[TrueLife], subject_of: SubjectOf, answers: Answers) -> LeadScore:
    """Compare what is said of each subject with the truth: once for a person and a rule. The lives are read once, one by one."""
    score = LeadScore()
    for life in lives:
        score.people += 1
        for rule in sorted({matter.rule for matter in life.matters}):
            matters = sorted((matter for matter in life.matters if matter.rule == rule), key=lambda matter: not matter.true_lead)
            held = {subject for matter in matters if (subject := subject_of(matter.source, matter.key)) is not None}
            _score_matter(score, answers, matters[0], held)
    return score


def _score_matter(score: LeadScore, answers: Answers, matter: TrueMatter, held: set[int]) -> None:
    rule, true = matter.rule, matter.true_lead
    said = answers.says(answers.open, held, rule)
    naive = answers.says(answers.naive, held, rule)
    if matter.outcome.startswith(LEFT_IN_TIME):
        score.in_time[rule] += 1
        score.false_in_time[rule] += said
        score.naive_false_in_time[rule] += naive
    if not held:
        score.not_flagged[rule] += true
        return
    score.by_rule[rule].add(said=said, true=true)
    score.by_situation[rule, matter.outcome].add(said=said, true=true)
    if matter.shown_here or not true:
        score.shown[rule].add(said=said, true=true)
    if true:
        score.kept[rule].add(said=said or answers.says(answers.waiting, held, rule), true=True)
    if rule in answers.naive_rules:
        score.naive_by_rule[rule].add(said=naive, true=true)


def score_identities(lives: Iterable[TrueLife], subject_of: SubjectOf) -> IdentityScore:
    """Compare which records share a subject with which truly share a person."""
    score = IdentityScore()
    sizes: Counter[int] = Counter()
    seen: set[int] = set()
    mixed: set[int] = set()
    for life in lives:
        held = [
            (source, subject) for source, keys in life.records.items() for key in keys if (subject := subject_of(source, key)) is not None
        ]
        spread = Counter(subject for _, subject in held)
        sizes.update(spread)
        mixed |= seen & spread.keys()
        seen |= spread.keys()
        score.true_pairs += _pairs(len(held))
        score.together += sum(_pairs(count) for count in spread.values())
        if len(held) > 1:
            _single_records(score, life, held, spread)
    score.found_pairs = sum(_pairs(size) for size in sizes.values())
    score.subjects = len(sizes)
    score.mixed = len(mixed)
    return score


def _single_records(score: IdentityScore, life: TrueLife, held: list[tuple[str, int]], spread: Counter[int]) -> None:
    main = max(spread, key=lambda subject: (spread[subject], -subject))
    kinds = {kind for matter in life.matters for kind in matter.noise} or {NOISE_FREE}
    for source, subject in held:
        score.by_source[source].add(said=subject == main, true=True)
        for kind in kinds:
            score.by_noise[kind].add(said=subject == main, true=True)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2

"""How well the application did against the hidden truth: leads by rule and by situation, identities by source and by noise.

Pure. The application gives two mappings (which subject holds a record, which rules stand on a subject); the truth file
gives the rest. Nothing here is read by any other part of the application.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
class LeadCounts:
    """Suspicions of one kind, counted as `LeadScore` counts them by rule: all, of people shown here, found."""

    all: Count = field(default_factory=Count)
    shown: Count = field(default_factory=Count)
    kept: Count = field(default_factory=Count)


@dataclass(slots=True)
class LeadScore:
    """Counts of suspicions, once for a person and a rule.

    `by_rule`: open leads against the truth, of people who are a record of the application. `shown`: the same over true
    matters of people whom some row shows in the country, and all false ones. `kept`: true matters that are open or waiting
    for evidence, against true matters that were let go. `not_flagged`: true matters that no source flagged, and of whom the
    application therefore may keep nothing. `in_time`: people who left in time, flagged or not; `false_in_time`: those of
    them with an open lead. `naive...`: what the naive rule says of the same people, for the rules that it has.
    `by_source` and `by_noise`: the same open leads by the source whose record the suspicion rests on, and by each kind of
    noise that lies on it (`none` where none does): a suspicion with two kinds counts under both.
    """

    people: int = 0
    by_rule: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    shown: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    kept: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    naive_by_rule: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    by_situation: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    by_source: dict[str, LeadCounts] = field(default_factory=lambda: defaultdict(LeadCounts))
    by_noise: dict[str, LeadCounts] = field(default_factory=lambda: defaultdict(LeadCounts))
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
class LinkCounts:
    """Single records: `found` for recall, `owned` for precision."""

    found: Count = field(default_factory=Count)
    owned: Count = field(default_factory=Count)


@dataclass(slots=True)
class IdentityScore:
    """Pairs of records of one person: `together` are both right and found. `by_source` and `by_noise` count single records.

    Recall: of the records of people who have several here, those that lie with the subject that holds most of them
    (`right_yes`, else `wrong_no`). Precision: of all records, those that lie with a subject most of whose records are their
    person's (else `wrong_yes`). `mixed` subjects hold records of more than one person.
    """

    true_pairs: int = 0
    found_pairs: int = 0
    together: int = 0
    mixed: int = 0
    subjects: int = 0
    by_source: dict[str, LinkCounts] = field(default_factory=lambda: defaultdict(LinkCounts))
    by_noise: dict[str, LinkCounts] = field(default_factory=lambda: defaultdict(LinkCounts))

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
    kept = said or answers.says(answers.waiting, held, rule)
    if true:
        score.kept[rule].add(said=kept, true=True)
    _score_kinds(score, matter, said=said, kept=kept)
    if rule in answers.naive_rules:
        score.naive_by_rule[rule].add(said=naive, true=true)


def _score_kinds(score: LeadScore, matter: TrueMatter, *, said: bool, kept: bool) -> None:
    kinds = [score.by_noise[kind] for kind in sorted(set(matter.noise)) or [NOISE_FREE]]
    for counts in (score.by_source[matter.source], *kinds):
        counts.all.add(said=said, true=matter.true_lead)
        if matter.shown_here or not matter.true_lead:
            counts.shown.add(said=said, true=matter.true_lead)
        if matter.true_lead:
            counts.kept.add(said=kept, true=True)


def score_identities(lives: Iterable[TrueLife], subject_of: SubjectOf) -> IdentityScore:
    """Compare which records share a subject with which truly share a person."""
    score = IdentityScore()
    sizes: Counter[int] = Counter()
    seen: set[int] = set()
    mixed: set[int] = set()
    holdings: dict[int, list[Holding]] = defaultdict(list)
    for number, life in enumerate(lives):
        held = [
            (source, subject) for source, keys in life.records.items() for key in keys if (subject := subject_of(source, key)) is not None
        ]
        spread = Counter(subject for _, subject in held)
        sizes.update(spread)
        mixed |= seen & spread.keys()
        seen.update(spread)
        score.true_pairs += _pairs(len(held))
        score.together += sum(_pairs(count) for count in spread.values())
        kinds = _kinds(life)
        for subject in spread:
            holdings[subject].append(Holding(number, tuple(sorted(source for source, found in held if found == subject)), kinds))
        if len(held) > 1:
            _found_records(score, kinds, held, spread)
    for each in holdings.values():
        _owned_records(score, each)
    score.found_pairs = sum(_pairs(size) for size in sizes.values())
    score.subjects = len(sizes)
    score.mixed = len(mixed)
    return score


class Holding(NamedTuple):
    """The records of one person that one subject holds, by their sources; the kinds of noise on the person."""

    life: int
    sources: tuple[str, ...]
    kinds: frozenset[str]


def _kinds(life: TrueLife) -> frozenset[str]:
    return frozenset(kind for matter in life.matters for kind in matter.noise) or frozenset({NOISE_FREE})


def _found_records(score: IdentityScore, kinds: Iterable[str], held: Sequence[tuple[str, int]], spread: Counter[int]) -> None:
    main = max(spread, key=lambda subject: (spread[subject], -subject))
    for source, subject in held:
        for counts in (score.by_source[source], *(score.by_noise[kind] for kind in kinds)):
            counts.found.add(said=subject == main, true=True)


def _owned_records(score: IdentityScore, holdings: Sequence[Holding]) -> None:
    """The records of one subject: it is the person's of whom it holds most, the first one's where two hold as many."""
    owner = max(holdings, key=lambda each: (len(each.sources), -each.life)).life
    for holding in holdings:
        for source in holding.sources:
            for counts in (score.by_source[source], *(score.by_noise[kind] for kind in holding.kinds)):
                counts.owned.add(said=True, true=holding.life == owner)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2

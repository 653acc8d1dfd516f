"""What becomes of checked rows: fact, unchanged, or buffer; whose they are; and what they pull out of the buffer.

One transaction; set by set, and from the second step on as the one writer (`subjects.matching.pool.one_writer`):

0. rows that flag nobody and fit nobody wait in the buffer (`subjects.services.set_aside`): most of an extract;

1. compare each row with the newest one here of the same record: equal rows change nothing, older ones are history at once;
2. find each row's subject: by its record's link, by numbers, by score; a flagged row that matches nobody makes a subject;
3. whatever waits in the buffer and shares what was learnt comes along, until nothing new is learnt;
4. write rows, subjects, links, facts, associates, doubts, best values.

Rows that wait and only probably are somebody's are written down for a person to judge (`subjects.services.possible`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access.models import AccessClass, User
from ingest.facts import StatusEvent
from ingest.services import source_rows
from ingest.services.buffer import buffered_with, find_again, leave_buffer, put_behind
from ingest.services.parts import Counts
from ingest.services.source_rows import Standing
from ingest.sources.registry import SOURCES
from ingest.states import RowState
from organizations.services import Description, describe, known_codes
from subjects.matching.pool import one_writer
from subjects.matching.records import Decision, Doubt, Maybe
from subjects.matching.resolver import Resolver
from subjects.services.absence import tell_of
from subjects.services.corrected import let_corrected_go
from subjects.services.in_order import hold_subjects
from subjects.services.lines import Line, organization_key, stored_lines
from subjects.services.possible import kept_apart, write_possible
from subjects.services.protect import close_off, protected_mark
from subjects.services.set_aside import gone, look_again, open_links, set_aside, store
from subjects.services.write_associates import write_associates
from subjects.services.write_facts import Written, write_facts
from subjects.services.write_subjects import (
    SubjectIds,
    classes_of,
    dependents_of,
    refresh,
    students_of,
    write_doubts,
    write_links,
    write_match_keys,
    write_subjects,
)


@dataclass(slots=True)
class Settled:
    """What a batch of rows changed."""

    counts: Counts = field(default_factory=Counts)
    created: frozenset[int] = frozenset()  # the subjects
    facts_added: int = 0
    facts_superseded: int = 0
    facts_retracted: int = 0  # with an extract taken back
    promoted: int = 0
    doubts: int = 0
    touched: set[int] = field(default_factory=set)

    @property
    def subjects_created(self) -> int:
        """How many subjects were made."""
        return len(self.created)


@dataclass(slots=True)
class Plan:
    """The rows of a batch, sorted by what is to be done with them."""

    live: list[Line] = field(default_factory=list)
    outdated: list[Line] = field(default_factory=list)
    restated: list[int] = field(default_factory=list)  # ids of stored rows that came again
    restated_late: list[int] = field(default_factory=list)  # the same, in an older extract than the one that stated them last
    unchanged: int = 0
    replaced: list[int] = field(default_factory=list)  # ids of stored rows that are the newest no more
    again: set[tuple[str, int]] = field(default_factory=set)  # records that may have facts already
    decisions: list[tuple[Line, Decision]] = field(default_factory=list)
    asked: list[tuple[Line, tuple[Maybe, ...]]] = field(default_factory=list)  # whose each row may be, where it only waits
    taken: list[int] = field(default_factory=list)  # ids of buffered rows that a person gave to a subject
    kept: list[int] = field(default_factory=list)  # ids of buffered rows that wait for a person whatever they share
    left: set[int] = field(default_factory=set)  # subjects that lost a record whose new row speaks against them
    doubts: list[Doubt] = field(default_factory=list)  # about rows that stay where they are
    revived: list[Line] = field(default_factory=list)  # of the live ones, those that waited behind a newer row, now taken back


def settle(lines: Sequence[Line], *, actor: User, now: datetime) -> Settled:
    """Write what the rows of one part say. Takes `one_writer` as late as it may; the caller holds the actor's context."""
    ids = SubjectIds()
    resolver = Resolver(ids)
    aside = set_aside(lines, resolver)
    one_writer()
    plan = _compare(look_again(aside, resolver))
    settled, found = place(plan, resolver, ids, actor=actor, now=now, fresh=aside.row_ids)
    if plan.restated:
        source = SOURCES[lines[0].source]
        source_rows.restate(plan.restated, lines[0].extract_id, (lines[0].as_of + timedelta(days=source.buffer_days)).date())
    if plan.restated_late:
        source_rows.restated_late(plan.restated_late, lines[0].extract_id)
    new = [line for line in (*plan.live, *plan.outdated) if not line.stored]
    applied = sum(line.fate is RowState.APPLIED for line in new) + found
    settled.counts = Counts(applied=applied, buffered=len(new) + len(aside.waiting) - applied, unchanged=plan.unchanged)
    return settled


def place(
    plan: Plan, resolver: Resolver, ids: SubjectIds, *, actor: User, now: datetime, fresh: AbstractSet[int] = frozenset()
) -> tuple[Settled, int]:
    """Find the subjects of the plan's rows, bring along what waits for them, and write all of it.

    `fresh`: ids of rows of this very batch that were put into the buffer already; how many of them became facts after all
    is returned beside what changed.
    """
    _link(plan, resolver, now)
    return carry_out(plan, resolver, ids, actor=actor, now=now, fresh=fresh)


def carry_out(
    plan: Plan, resolver: Resolver, ids: SubjectIds, *, actor: User, now: datetime, fresh: AbstractSet[int] = frozenset()
) -> tuple[Settled, int]:
    """As `place`, where the plan's rows have their subjects already."""
    promoted = _pull_from_buffer(plan, resolver)
    attached = [line for line in (*plan.live, *plan.outdated) if line.subject is not None]
    write_subjects(ids.used, now)
    _write_rows(plan, promoted, fresh)
    _remark(plan)
    classes = classes_of(line.subject for line in attached if line.subject is not None)
    written = write_facts(attached, classes, plan.again, now)
    write_links(plan.decisions, classes, actor.pk, now)
    write_match_keys(attached, classes)
    write_associates(attached, classes, plan.again, now)
    withdrawn = _describe_organizations(plan, now)
    doubts = [*plan.doubts, *(doubt for _, decision in plan.decisions for doubt in decision.doubts)]
    classes |= classes_of(subject for doubt in doubts for subject in (doubt.left, doubt.right))
    made = write_doubts(doubts, classes)
    doubted = write_possible(plan.asked)
    students = {line.subject for line in attached if line.source == "sevis" and line.subject is not None}
    followed = dependents_of(students | plan.left)
    touched = written.touched | set(ids.used) | plan.left | doubted | students_of(withdrawn) | followed
    hold_subjects(touched)  # all at once, before some of them are closed off
    _close_off(attached, classes)
    refresh(touched, now)
    tell_of([line for line, _ in plan.decisions], now=now)
    found = sum(line.row_id in fresh for line in promoted)
    return _settled(written, ids.used, len(promoted) - found, made, touched), found


def _close_off(lines: Sequence[Line], classes: dict[int, int]) -> None:
    """What the rows brought goes where the rest of their person is; a row that protects takes all of the person along."""
    marks = {each.pk: each.compartments for each in AccessClass.objects.filter(pk__in=set(classes.values())).exclude(compartments=[])}
    groups: defaultdict[frozenset[int], set[int]] = defaultdict(set)
    for line in lines:
        if line.subject is None:
            continue
        wanted = frozenset(marks.get(classes[line.subject], ())) | ({protected_mark()} if line.outline.protected else frozenset())
        groups[wanted].add(line.subject)
    for wanted, subjects in groups.items():
        close_off(subjects, wanted)


def _settled(written: Written, created: Sequence[int], promoted: int, doubts: int, touched: set[int]) -> Settled:
    return Settled(
        created=frozenset(created),
        facts_added=written.added,
        facts_superseded=written.superseded,
        promoted=promoted,
        doubts=doubts,
        touched=touched,
    )


def _compare(lines: Sequence[Line]) -> Plan:
    """Sort the rows of one part (of one source) by the newest row that is here of each record."""
    plan = Plan()
    if not lines:
        return plan
    standing = source_rows.standing_rows(lines[0].source, [line.record_key for line in lines])
    newest = {line.record_key: line for line in lines}  # the last row of a record within the part
    kept_out = gone(lines)
    for line in lines:
        here = standing.get(line.record_key)
        if newest[line.record_key] is not line:
            if line.content_key == newest[line.record_key].content_key:
                plan.unchanged += 1
            else:
                line.outdated = True
                plan.outdated.append(line)
        elif here is None:
            if line.content_key in kept_out:
                plan.unchanged += 1  # its record was archived or destroyed: the same row makes nothing anew
            else:
                plan.live.append(line)
        else:
            _compare_one(plan, line, here)
    return plan


def _compare_one(plan: Plan, line: Line, here: Standing) -> None:
    applied = here.state == RowState.APPLIED
    if line.content_key == here.content_key and (applied or not line.outline.flagged):
        plan.unchanged += 1
        if (here.as_of, here.extract_id) < (line.as_of, line.extract_id):
            plan.restated.append(here.id)
        elif here.extract_id != line.extract_id:
            plan.restated_late.append(here.id)
    elif (here.as_of, here.extract_id, here.line) > (line.as_of, line.extract_id, line.line):
        line.outdated = True
        plan.outdated.append(line)
    else:
        plan.live.append(line)
        if applied:
            plan.again.add(line.record)
        else:
            plan.replaced.append(here.id)


def _link(plan: Plan, resolver: Resolver, now: datetime) -> None:
    """Give each row its subject: its record's own, or the resolver's choice; outdated rows never choose."""
    linked = _open_links(plan, resolver, now)
    codes = known_codes(line.outline.organization for line in plan.live if line.outline.organization is not None)
    unlinked = []
    for line in plan.live:
        subject = linked.get(line.record)
        if subject is not None:
            line.subject, line.fate = subject, RowState.APPLIED
            resolver.known_row(line.as_record(0), subject)
        elif line.outline.organization is None:
            unlinked.append(line)
        elif line.outline.organization in codes:
            line.fate = RowState.APPLIED
    _resolve(plan, resolver, unlinked)
    linked |= {line.record: line.subject for line in plan.live if line.subject is not None}
    useful = []
    for line in plan.outdated:
        if line.record in linked:
            line.subject, line.fate = linked[line.record], RowState.APPLIED
            useful.append(line)
        else:
            plan.unchanged += 1  # nobody's, and no longer true: not kept
    plan.outdated = useful


def _open_links(plan: Plan, resolver: Resolver, now: datetime) -> dict[tuple[str, int], int]:
    """The subjects to which the records belong already, but for those that their new rows speak against."""
    linked = open_links([*plan.live, *plan.outdated])
    corrected = let_corrected_go(plan.live, linked, resolver, now)
    plan.again -= corrected.records
    plan.replaced += corrected.replaced
    plan.left |= corrected.left
    plan.doubts += corrected.doubts
    still = {record: subject for record, subject in linked.items() if record not in corrected.records}
    resolver.pool.know({still[line.record] for line in plan.live if line.record in still})
    return still


def _resolve(plan: Plan, resolver: Resolver, lines: Sequence[Line]) -> list[Line]:
    """Ask the resolver; returns the rows that found a subject."""
    found = []
    apart = kept_apart(lines)
    for decision in resolver.resolve([line.as_record(ref, apart.get(line.record, frozenset())) for ref, line in enumerate(lines)]):
        line = lines[decision.ref]
        plan.asked.append((line, decision.maybes))
        if decision.subject is not None:
            line.subject, line.fate = decision.subject, RowState.APPLIED
            plan.decisions.append((line, decision))
            found.append(line)
    return found


def _pull_from_buffer(plan: Plan, resolver: Resolver) -> list[Line]:
    """Buffered rows of any source that share what was learnt become facts too; what they bring is asked for again."""
    seen = {*plan.replaced, *plan.taken, *plan.kept}  # these do not come along: of the first a newer row is here
    promoted: list[Line] = []
    named: set[str] = set()
    attached = [line for line in plan.live if line.subject is not None]
    while True:
        codes = _school_codes(attached) - named
        named |= codes
        keys = resolver.take_fresh_keys() | {organization_key(code) for code in codes}
        found = [row for row in buffered_with(list(keys)) if row not in seen] if keys else []
        if not found:
            break
        seen.update(found)
        waiting = stored_lines(source_rows.kept_rows(found))
        described = [line for line in waiting if line.outline.organization is not None]
        for line in described:
            line.fate = RowState.APPLIED
        attached = _resolve(plan, resolver, [line for line in waiting if line.outline.organization is None])
        promoted += [*attached, *described]
    plan.live += promoted
    return promoted


def _school_codes(lines: Sequence[Line]) -> set[str]:
    return {fact.school_code for line in lines for fact in line.statement.facts if isinstance(fact, StatusEvent) and fact.school_code}


def _describe_organizations(plan: Plan, now: datetime) -> set[int]:
    """Schools and programs that are records here are described; all others wait. Returns those withdrawn now, or no more."""
    said = [(line, line.statement.organization) for line in plan.live if line.fate is RowState.APPLIED]
    told = [(line, organization) for line, organization in said if organization is not None]
    known = known_codes(organization.code for _, organization in told)
    changed: set[int] = set()
    for again in (False, True):
        changed |= describe(
            [
                Description(known[said.code], said, line.row_id, line.as_of)
                for line, said in told
                if said.code in known and (line.record in plan.again) is again
            ],
            now=now,
            again=again,
        )
    return changed


def _remark(plan: Plan) -> None:
    """What could not be read in the rows that became facts is kept with them."""
    applied = (line for line in (*plan.live, *plan.outdated) if line.fate is RowState.APPLIED)
    source_rows.remark({line.row_id: line.statement.notes for line in applied if line.statement.notes})


def _write_rows(plan: Plan, promoted: Sequence[Line], fresh: AbstractSet[int]) -> None:
    """New rows into the database, promoted ones out of the buffer, replaced ones behind the new."""
    store([line for line in (*plan.live, *plan.outdated) if not line.stored])
    revived = [line.row_id for line in plan.revived if line.fate is RowState.APPLIED]
    leave_buffer([*plan.taken, *revived, *(line.row_id for line in promoted)], uncounted=fresh)
    find_again([line.row_id for line in plan.revived if line.fate is RowState.BUFFERED])
    put_behind(plan.replaced)

"""Find what ties people together, one step at a time.

Row-level security decides what is found. A person whom the reader may not see adds no node, no link and no number: the
facts that would tie them are not among the rows that the database gives. A shared thing is looked up by the keyed hash of
its number, or by the address as its source wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.keys import index_key
from foundation.crypto import blind_index
from foundation.person_name import person_name
from ingest.facts import IdentifierKind
from organizations.models import Organization
from subjects import words
from subjects.links.graph import Graph, Node
from subjects.models import AddressFact, Associate, EmploymentFact, IdentifierFact, StatusFact, Subject
from subjects.selectors.facts import standing

MOST_STEPS = 12  # expansions in one chart
MOST_NEW = 25  # people drawn for one shared thing: a school has thousands of students
MOST_ROWS = 4 * MOST_NEW  # statements read for one shared thing: several sources say the same of one person
THROUGH = {
    "document": "Documents",
    "phone": "Phones and email",
    "address": "Addresses",
    "organization": "Organizations",
    "associate": "Associates",
}
_PHONES = (IdentifierKind.PHONE, IdentifierKind.EMAIL)
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look through (a key of `THROUGH`; empty: all), stated in extracts from a day to a day (both included)."""

    through: str = ""
    since: date | None = None
    until: date | None = None

    def asks(self, kind: str) -> bool:
        """Whether links of this kind are wanted."""
        return self.through in ("", kind)

    @property
    def facts(self) -> Q:
        """The standing facts of the days wanted."""
        wanted = standing()
        if self.since:
            wanted &= Q(as_of__gte=self.since)
        return wanted & Q(as_of__lte=self.until) if self.until else wanted

    def holds(self, day: date) -> bool:
        """Whether a day lies in the span."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


def links_of(user: User, subject: Subject, wanted: Wanted, expanded: Sequence[str] = ()) -> Graph:
    """The chart around `subject`: what belongs to the person, who shares it, then the nodes of `expanded`, in that order.

    An id that is not in the chart by then is passed over. Raises `Forbidden`.
    """
    require(user, Permission.VIEW_SUBJECT)
    graph = Graph(_person(subject, 0))
    walk = Walk(graph, wanted)
    walk.expand(graph.root)
    for node_id in islice(dict.fromkeys(expanded), MOST_STEPS):
        node = graph.nodes.get(node_id)
        if node is not None and node.may_expand:
            walk.expand(node)
    return graph


class Walk:
    """One reader's way through the links."""

    def __init__(self, graph: Graph, wanted: Wanted) -> None:
        self.graph = graph
        self.wanted = wanted
        self.places: dict[Place, Node] = {}  # of the addresses found

    def expand(self, node: Node) -> None:
        """Add what is tied to the node."""
        node.expanded = True
        known = set(self.graph.nodes)
        if node.kind == "person":
            self._numbers(IdentifierFact.objects.filter(subject_id=node.pk), node)
            self._addresses(AddressFact.objects.filter(subject_id=node.pk), node)
            self._organizations(node)
            self._associates(node)
            self._sharers([each for each in self.graph.nodes.values() if each.id not in known])
        elif node.kind == "organization":
            self._members(node)
        else:
            self._sharers([node])

    def _numbers(self, found: QuerySet[IdentifierFact], person: Node) -> None:
        for fact in found.filter(self.wanted.facts).order_by("-as_of", "-id"):
            kind = "phone" if fact.kind in _PHONES else "document"
            if self.wanted.asks(kind):
                node = self.graph.add(_number(fact, kind, person.depth + 1))
                self._tie(person, node, words.identifier_words(fact.kind), fact)

    def _addresses(self, found: QuerySet[AddressFact], person: Node) -> None:
        if not self.wanted.asks("address"):
            return
        for fact in found.filter(self.wanted.facts).exclude(line="").order_by("-as_of", "-id"):
            node = self.places.setdefault(_place(fact), self.graph.add(_address(fact, person.depth + 1)))
            self._tie(person, node, words.ADDRESSES.get(fact.kind, fact.kind), fact)

    def _organizations(self, person: Node) -> None:
        if not self.wanted.asks("organization"):
            return
        for fact in _at_organizations(self.wanted, Q(subject_id=person.pk)):
            node = self.graph.add(_organization(fact.organization, person.depth + 1))
            self._tie(person, node, _membership(fact), fact)

    def _members(self, organization: Node) -> None:
        facts = _at_organizations(self.wanted, Q(organization_id=organization.pk))
        self._draw(organization, [(fact, _membership(fact)) for fact in facts])

    def _sharers(self, things: Iterable[Node]) -> None:
        """Everybody who has one of these numbers or addresses."""
        by_id = {node.id: node for node in things}
        numbers = [node.pk for node in by_id.values() if node.kind in ("document", "phone")]
        places = {place: node for place, node in self.places.items() if node.id in by_id}
        found: dict[str, list[tuple[Any, str]]] = {}
        if numbers:
            facts: Any = IdentifierFact.objects.filter(self.wanted.facts, blind_index__in=numbers).select_related("subject")
            for fact in facts.order_by("-as_of", "-id")[: MOST_ROWS * len(numbers)]:
                found.setdefault(_number_id(fact.blind_index), []).append((fact, words.identifier_words(fact.kind)))
        if places:
            facts = AddressFact.objects.filter(self.wanted.facts, line__in={place[0] for place in places}).select_related("subject")
            for fact in facts.order_by("-as_of", "-id")[: MOST_ROWS * len(places)]:
                if _place(fact) in places:
                    found.setdefault(places[_place(fact)].id, []).append((fact, words.ADDRESSES.get(fact.kind, fact.kind)))
        for node_id, facts_of in found.items():
            self._draw(by_id[node_id], facts_of)

    def _draw(self, thing: Node, facts: Sequence[tuple[Any, str]]) -> None:
        """Tie the people of the facts to the thing, up to the limit."""
        drawn: set[int] = set()
        for fact, how in facts:
            if fact.subject_id not in drawn and len(drawn) >= MOST_NEW:
                thing.cut = True
                break
            drawn.add(fact.subject_id)
            self._tie(thing, self.graph.add(_person(fact.subject, thing.depth + 1)), how, fact)

    def _associates(self, person: Node) -> None:
        """Those whom the person's records name, and those whose records name the person."""
        if not self.wanted.asks("associate"):
            return
        found = Associate.objects.filter(Q(subject_id=person.pk) | Q(linked_subject_id=person.pk), retracted_at=None)
        for entry in found.select_related("subject", "linked_subject", "organization").order_by("pk"):
            day = entry.recorded_at.date()
            if self.wanted.holds(day):
                other = _associate(entry, person)
                self.graph.tie(
                    person, self.graph.add(other), words.RELATIONS.get(entry.relation, entry.relation), source=entry.source, as_of=day
                )

    def _tie(self, start: Node, end: Node, how: str, fact: Any) -> None:
        self.graph.tie(start, end, how, source=fact.source, as_of=fact.as_of)


def _at_organizations(wanted: Wanted, whose: Q) -> list[Any]:
    facts: list[Any] = []
    for model in (StatusFact, EmploymentFact):
        manager: Any = model._default_manager
        found = manager.filter(wanted.facts, whose, organization__isnull=False).select_related("subject", "organization")
        facts += found.order_by("-as_of", "-id")[:MOST_ROWS]
    return [fact for fact in facts if fact.organization is not None]


def _membership(fact: StatusFact | EmploymentFact) -> str:
    if isinstance(fact, StatusFact):
        return f"{fact.class_of_admission} record, {words.STATUSES.get(fact.status, fact.status)}"
    return words.EMPLOYMENTS.get(fact.kind, "employer")


def _person(subject: Subject, depth: int) -> Node:
    born = f" ({subject.date_of_birth.year})" if subject.date_of_birth else ""
    return Node(f"p-{subject.uuid}", "person", f"{person_name(subject)}{born}", depth, record=subject.uuid, pk=subject.pk)


def _organization(organization: Organization, depth: int) -> Node:
    return Node(f"o-{organization.uuid}", "organization", organization.name, depth, record=organization.uuid, pk=organization.pk)


def _associate(entry: Associate, person: Node) -> Node:
    """The other end of the entry; a linked record that the reader may not see is as good as none."""
    if entry.subject_id != person.pk:
        return _person(entry.subject, person.depth + 1)
    if entry.linked_subject is not None:
        return _person(entry.linked_subject, person.depth + 1)
    if entry.organization is not None:
        return _organization(entry.organization, person.depth + 1)
    name = person_name(entry) if entry.family_name or entry.given_name else entry.organization_name or person_name(entry)
    return Node(f"a-{entry.uuid}", "associate", name, person.depth + 1)


def _number(fact: IdentifierFact, kind: str, depth: int) -> Node:
    """The node of a number: its keyed hash stays here (`pk`), the page gets another hash of it."""
    label = f"{words.identifier_words(fact.kind)} ••••{fact.last_four}"
    return Node(_number_id(fact.blind_index), kind, label, depth, pk=fact.blind_index)


def _number_id(key: int) -> str:
    return f"n-{blind_index(index_key(), 'link chart', str(key)) & (2**64 - 1):016x}"


def _address(fact: AddressFact, depth: int) -> Node:
    place = "|".join(_place(fact))
    label = ", ".join(part for part in (fact.line, f"{fact.city} {fact.state}".strip()) if part)
    return Node(f"d-{blind_index(index_key(), 'link chart', place) & (2**64 - 1):016x}", "address", label, depth, pk=fact.pk)


def _place(fact: AddressFact) -> Place:
    """What makes two addresses the same: as the sources wrote them."""
    return fact.line, fact.city, fact.state

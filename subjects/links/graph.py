"""The chart as nodes and links, gathered step by step. Asks nothing of the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

KINDS = {
    "person": "Person",
    "associate": "Associate without a record",
    "organization": "Organization",
    "address": "Address",
    "document": "Document",
    "phone": "Phone or email",
}
EXPANDABLE = frozenset({"person", "organization", "address", "document", "phone"})


@dataclass(slots=True)
class Node:
    """One thing of the chart. `id` is opaque: it says nothing of a number or an address. `depth`: steps from the person asked about."""

    id: str
    kind: str
    label: str
    depth: int
    record: UUID | None = None  # of a person or an organization with a page
    pk: int = 0
    expanded: bool = False
    cut: bool = False  # more are linked than were drawn

    @property
    def kind_words(self) -> str:
        """`Person`, `Phone or email`, ..."""
        return KINDS[self.kind]

    @property
    def may_expand(self) -> bool:
        """Whether a further step can begin here."""
        return self.kind in EXPANDABLE and not self.expanded


@dataclass(frozen=True, slots=True)
class Link:
    """One statement that ties two nodes: in which words, of which source, as of which day."""

    start: Node
    end: Node
    words: str
    source: str
    as_of: date


@dataclass(slots=True)
class Graph:
    """Nodes by id in the order in which they were found, and the links between them, each once (the newest statement)."""

    root: Node
    nodes: dict[str, Node] = field(default_factory=dict)
    _links: dict[tuple[str, str, str], Link] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes[self.root.id] = self.root

    def __iter__(self) -> Iterator[Link]:
        return iter(sorted(self._links.values(), key=lambda each: (each.start.depth, each.end.depth, each.end.kind, each.end.label)))

    def add(self, node: Node) -> Node:
        """The node of this id: the one that stands already, or this."""
        return self.nodes.setdefault(node.id, node)

    def tie(self, start: Node, end: Node, words: str, *, source: str, as_of: date) -> None:
        """Link two nodes; a link that is there already keeps its newest statement."""
        first, last = (start, end) if (start.depth, start.id) <= (end.depth, end.id) else (end, start)
        key = (first.id, last.id, words)
        known = self._links.get(key)
        if first.id != last.id and (known is None or known.as_of < as_of):
            self._links[key] = Link(first, last, words, source, as_of)

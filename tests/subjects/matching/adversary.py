"""An adversary's rows through the real resolver: what becomes of them, and in which order they come.

A row is what a source tells: the cells of an ADIS arrival that flags its person, read by the contract of the source and
compared as on duty. `tests.subjects.matching.kinds` draws the rows of a case and says what may become of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count, permutations

from audit.keys import indexer
from ingest.drops import RawRow
from ingest.sources.batch import check_rows
from ingest.sources.outline import OutlinedRow
from ingest.sources.registry import SOURCES
from subjects.identifiers import identifier_key
from subjects.matching.blocks import block_texts
from subjects.matching.records import FINDING, Number, Record
from subjects.matching.resolver import Resolver
from subjects.matching.stated import stated_person
from tests.factories.drops import AS_OF

Row = Mapping[str, str]
Pair = tuple[int, int]
JOINED, ASKED, APART = "joined", "asked", "apart"  # what becomes of two rows


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whose each row is, as a number of the subject in the order of making; the pairs of subjects put to a person."""

    subjects: tuple[int, ...]
    doubts: frozenset[Pair]

    def of(self, one: int, other: int) -> str:
        """What became of two rows."""
        left, right = sorted((self.subjects[one], self.subjects[other]))
        if left == right:
            return JOINED
        return ASKED if (left, right) in self.doubts else APART

    def pairs(self) -> dict[Pair, str]:
        """What became of every two rows."""
        return {pair: self.of(*pair) for pair in combinations(range(len(self.subjects)), 2)}


def records(rows: Sequence[Row]) -> list[Record]:
    """Rows of ADIS as the resolver gets them."""
    source = SOURCES["adis"]
    raw = [RawRow(place, place + 1, [row.get(column, "") for column in source.columns], "") for place, row in enumerate(rows, 1)]
    found = []
    for place, checked in enumerate(check_rows(source, raw, AS_OF)):
        assert isinstance(checked, OutlinedRow), checked
        outline = checked.outline
        assert outline.name is not None
        person = stated_person(*outline.name)
        numbers = tuple(Number(kind, identifier_key(kind, value, country)) for kind, value, country in outline.numbers if kind in FINDING)
        blocks = tuple(indexer().index("block", text) for text in block_texts(person))
        found.append(Record(place, outline.flagged, numbers, person, blocks))
    return found


def arrived(of_rows: Sequence[Record], order: Sequence[int]) -> Outcome:
    """What becomes of the rows when each comes in a batch of its own, in this order."""
    resolver = Resolver(count(1).__next__)
    decisions = [decision for place in order for decision in resolver.resolve([of_rows[place]])]
    subjects = {decision.ref: decision.subject or 0 for decision in decisions}
    doubts = frozenset((doubt.left, doubt.right) for decision in decisions for doubt in decision.doubts)
    return Outcome(tuple(subjects[place] for place in range(len(of_rows))), doubts)


def in_every_order(rows: Sequence[Row]) -> list[Outcome]:
    """The outcome of each order of arrival."""
    found = records(rows)
    return [arrived(found, order) for order in permutations(range(len(found)))]

"""The row of a record that waits: read from the buffer as it stands, and what it states."""

from __future__ import annotations

from audit.keys import KeyDestroyed
from foundation.crypto import Sealer
from foundation.errors import Conflict
from ingest.services import source_rows
from ingest.states import RowState
from subjects.identifiers import identifiers_key
from subjects.models import IdentityLink, PossibleRecord
from subjects.selectors.facts import LISTS, SubjectFacts, kind_of
from subjects.services.fact_rows import FACT_TABLES, Around
from subjects.services.lines import Line, stored_lines

GONE = "The record is no longer here: its time in the buffer is over, or its extract was taken back."
TAKEN = "The record belongs to somebody already."


def standing_line(question: PossibleRecord) -> Line:
    """The newest row of the record, as it waits in the buffer; raises `Conflict` when it is gone, unreadable, or somebody's."""
    if IdentityLink.objects.filter(source=question.source, record_key=question.record_key, closed_at=None).exists():
        raise Conflict(TAKEN)
    here = source_rows.standing_rows(question.source, [question.record_key]).get(question.record_key)
    if here is None or here.state != RowState.BUFFERED:
        raise Conflict(GONE)
    try:
        lines = stored_lines(source_rows.kept_rows([here.id]))
    except KeyDestroyed:
        raise Conflict(GONE) from None
    if not lines:
        raise Conflict(GONE)
    return lines[0]


def stated_facts(line: Line) -> SubjectFacts:
    """What a row states, in the shape of facts that stand; nothing of it is stored."""
    around = Around({}, {}, Sealer(identifiers_key()))
    facts = SubjectFacts()
    for fact in dict.fromkeys((*line.statement.facts, *line.statement.identifiers)):
        table = FACT_TABLES[type(fact)]
        columns = (name for name, _ in table.columns)
        made = table.model(source=line.source, as_of=line.as_of.date(), **dict(zip(columns, table.values(fact, around), strict=True)))
        getattr(facts, LISTS[kind_of(made)]).append(made)
    return facts

"""The figures as tables: each number with the queue that lists what it counts, where the queue can ask the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from foundation.templatetags.desk import desk_date
from ingest.selectors.figures import SourceFigures
from leads.filters import QueueQuery
from leads.picture import rule_title
from leads.selectors.figures import Closed, OfficeReferrals, OpenLeads, Speed, Week
from leads.selectors.queue import queue_choices
from leads.states import OPEN_STATES, CloseReason, OutcomeCode

DECISIONS = {"closed": "Closed by a person", "referred": "Referred"}
CLOCKS = {"overdue": "Overdue", "week": "Due within a week", "later": "Later", "none": "No clock"}
SHORT_OUTCOMES = {OutcomeCode.ARRESTED: "Arrested", OutcomeCode.LOCATED: "Located", OutcomeCode.US_PERSON: "Citizen or LPR"}

NONE = "–"  # the share of nothing is no number


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text or number, and where it leads."""

    head: str
    value: Any
    url: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right: a number, or the dash of none."""
        return isinstance(self.value, int | float) or self.value == NONE

    @property
    def words(self) -> str:
        """As printed: 1,904 or 3.5."""
        if isinstance(self.value, float):
            return f"{self.value:,.1f}"
        return f"{self.value:,}" if isinstance(self.value, int) else str(self.value)


@dataclass(frozen=True, slots=True)
class Table:
    """One figure: the table, and what its chart draws of it (columns from 2; empty: no chart)."""

    id: str
    heading: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    columns: str = ""
    unit: str = "leads"
    stacked: bool = False
    line: bool = False
    lying: bool = False  # several series, and each row has a name that must stand beside its bars

    @property
    def narrow(self) -> bool:
        """Whether two or three of them fit side by side."""
        return len(self.heads) <= 2

    @property
    def drawn(self) -> bool:
        """Whether a chart of it shows anything: not one of zeros alone."""
        places = [int(column) - 1 for column in self.columns.split(",") if column]
        return any(row[place].is_number and row[place].value not in (0, NONE) for row in self.rows for place in places)

    @property
    def _named(self) -> bool:
        """Whether its bars lie, each beside its name; a row of weeks stands."""
        return not self.line and (self.lying or "," not in self.columns)

    @property
    def tall(self) -> bool:
        """Whether its chart has so many names that it needs more height."""
        return self._named and len(self.rows) > 8

    @property
    def roomy(self) -> bool:
        """Whether its chart needs somewhat more height."""
        return self._named and 5 < len(self.rows) <= 8

    @property
    def stays(self) -> bool:
        """Whether it is a table on a phone too: a name and one or two numbers."""
        return len(self.heads) <= 3

    @property
    def numeric(self) -> tuple[tuple[str, bool], ...]:
        """Each head, and whether its column holds numbers."""
        return tuple((head, any(row[place].is_number for row in self.rows)) for place, head in enumerate(self.heads))


def queue_url(**filters: str) -> str:
    """The queue of everybody's leads under these filters."""
    return QueueQuery(tab="all", **filters).url


def open_tables(found: OpenLeads) -> list[Table]:
    """Open leads by age, status, clock, risk and rule; each but the last adds up to the same total."""
    listed = {name: dict(pairs) for name, pairs in queue_choices().items()}
    states = [
        (str(state.label), found.state.get(state, 0), queue_url(state=state.value)) for state in OPEN_STATES if found.state.get(state)
    ]
    clocks = [(words, found.clock.get(key, 0), queue_url(clock=key) if key in ("overdue", "week") else "") for key, words in CLOCKS.items()]
    risks = [(words, found.risk.get(key, 0), queue_url(risk=key)) for key, words in listed["risks"].items()]
    risks += [("not measured", found.risk[""], "")] if found.risk.get("") else []
    rules = [
        (rule_title(rule) if rule else "no rule: opened by hand", number, _rule_url(rule, listed["rules"]))
        for rule, number in sorted(found.rule.items(), key=lambda each: -each[1])
    ]
    ages = [(age, number, "") for age, number in found.age.items()]
    return [
        _counts("ageing", "Open leads by age", "Days since the lead was opened.", "Age", ages, found.total),
        _counts("by-status", "Open leads by status", "", "Status", states, found.total),
        _counts("by-clock", "Open leads by clock", "", "Clock", clocks, found.total),
        _counts("by-risk", "Open leads by risk", "", "Risk", risks, found.total),
        _counts("by-rule", "Open leads by rule", "A lead with several rules counts under each.", "Rule", rules, found.total),
    ]


def _rule_url(rule: str, listed: Mapping[str, str]) -> str:
    return queue_url(rule=rule) if rule in listed else ""


def _counts(name: str, heading: str, note: str, head: str, rows: Iterable[tuple[str, int, str]], total: int) -> Table:
    said = f"{note} {total:,} in all.".strip()
    return Table(
        name, heading, said, (head, "Leads"), tuple((Cell(head, words), Cell("Leads", number, url)) for words, number, url in rows), "2"
    )


def flow_table(weeks: Sequence[Week]) -> Table:
    """What came and what went, week by week."""
    heads = ("Week of", "Opened", "Closed by a person", "Closed on evidence", "Referred", "Returned", "Reopened")
    values = [
        (desk_date(w.monday), w.opened, w.closed_by_person, w.closed_by_evidence, w.referred, w.returned, w.reopened + w.disagreed)
        for w in weeks
    ]
    return Table(
        "flow",
        "Flow of leads",
        "The last 12 weeks, this one included; weeks begin on Monday, UTC.",
        heads,
        _cells(heads, values),
        "2,3,4,5",
    )


def share_table(weeks: Sequence[Week]) -> Table:
    """What evidence closed without a person, and what persons took back of it."""
    heads = ("Week of", "Closed", "Closed on evidence", "Share, %", "Reopened by a person")
    values = []
    for week in weeks:
        closed = week.closed_by_person + week.closed_by_evidence
        values.append((desk_date(week.monday), closed, week.closed_by_evidence, percent(week.closed_by_evidence, closed), week.disagreed))
    note = "How much evidence closes without a person, and how often a person disagrees."
    return Table("auto-close", "Closed on evidence", note, heads, _cells(heads, values), "4", "percent", line=True)


def closing_table(closed: Closed) -> Table:
    """Why leads are closed."""
    heads = ("Reason", "By a person", "On evidence", "Leads")
    reasons = [reason for reason in CloseReason if closed.by_person.get(reason) or closed.by_evidence.get(reason)]
    rows = [(str(reason.label), closed.by_person.get(reason, 0), closed.by_evidence.get(reason, 0)) for reason in reasons]
    values = sorted(((*row, row[1] + row[2]) for row in rows), key=lambda row: -row[3])
    note = f"Every closed lead: {closed.total:,}, of them {percent(closed.automatic, closed.total)} % on evidence."
    return Table("closing", "Closing reasons", note, heads, _cells(heads, values), "2,3", stacked=True, lying=True)


def closed_links(closed: Closed) -> list[dict[str, Any]]:
    """The two lists of closed leads that the queue knows."""
    return [
        {"label": "closed, all", "value": closed.total, "url": queue_url(state="closed") if closed.total else ""},
        {"label": "of them as no violation", "value": closed.cleared, "url": queue_url(state="cleared") if closed.cleared else ""},
    ]


def speed_table(found: Sequence[Speed]) -> Table:
    """How long a lead waits for a person's first decision."""
    heads = ("First decision", "Leads", "Median, hours", "Nine of ten within, hours")
    values = [(DECISIONS[each.decision], each.leads, each.median_hours, each.ninth_decile_hours) for each in found]
    note = "From the lead's first move to the first decision of a person, leads decided in the last 12 weeks."
    return Table("speed", "Hours from lead to decision", note, heads, _cells(heads, values), "3", "hours")


def office_table(offices: Sequence[OfficeReferrals], leads_at: Mapping[str, int]) -> Table:
    """Referrals by office: what waits, what came back, what was found."""
    heads = ("Office", "Leads there now", "Referrals", "Waiting", "Returned", "Recalled", "Reported")
    rows = tuple(
        (
            Cell(heads[0], office.name),
            Cell(heads[1], leads_at.get(office.code, 0), queue_url(office=office.code) if leads_at.get(office.code) else ""),
            *(
                Cell(head, value)
                for head, value in zip(
                    heads[2:],
                    (office.total, office.waits, office.states.get("returned", 0), office.states.get("recalled", 0), office.reported),
                    strict=True,
                )
            ),
        )
        for office in offices
    )
    note = "A lead may have been referred more than once."
    return Table("offices", "Referrals by office", note, heads, rows, "4,5,6,7", "referrals", stacked=True, lying=True)


def outcome_table(offices: Sequence[OfficeReferrals]) -> Table:
    """What the offices found, the wrong persons among it."""
    codes = [code for code in OutcomeCode if any(office.outcomes.get(code) for office in offices)]
    heads = ("Office", *(SHORT_OUTCOMES.get(code) or str(code.label) for code in codes), "Wrong referrals, %")
    values = [
        (office.name, *(office.outcomes.get(code, 0) for code in codes), percent(office.wrong, office.reported))
        for office in offices
        if office.reported
    ]
    reported, wrong = sum(office.reported for office in offices), sum(office.wrong for office in offices)
    note = f"Wrong referrals are outcomes “wrong person” and “citizen or lawful permanent resident”: {wrong:,} of {reported:,} reported."
    columns = ",".join(str(place + 2) for place in range(len(codes)))
    return Table("outcomes", "Outcomes by office", note, heads, _cells(heads, values), columns, "referrals", stacked=True, lying=True)


def source_table(sources: Sequence[SourceFigures]) -> Table:
    """How old each source is beside its limit."""
    heads = ("Source", "Age, days", "Limit, days", "Newest extract", "State")
    rows = tuple(
        (
            Cell(heads[0], each.name, _extracts_url(each)),
            Cell(heads[1], "–" if each.age_days is None else each.age_days),
            Cell(heads[2], each.limit_days),
            Cell(heads[3], desk_date(each.newest_as_of) if each.newest_as_of else "nothing yet"),
            Cell(heads[4], "nothing yet" if each.age_days is None else "stale" if each.stale else "fresh"),
        )
        for each in sources
    )
    return Table(
        "sources",
        "Source freshness",
        "Referral waits when a source that its rule needs is beyond the limit.",
        heads,
        rows,
        "2,3",
        "days",
        lying=True,
    )


def quarantine_table(sources: Sequence[SourceFigures]) -> Table:
    """Rows that could not be used."""
    heads = ("Source", "Rows received", "Quarantined", "Share, %")
    rows = tuple(
        (
            Cell(heads[0], each.name, _extracts_url(each)),
            Cell(heads[1], each.rows),
            Cell(heads[2], each.quarantined),
            Cell(heads[3], percent(each.quarantined, each.rows)),
        )
        for each in sources
        if each.rows
    )
    return Table("quarantine", "Quarantine", "Extracts applied in the last 12 weeks.", heads, rows, "3", "rows")


def percent(part: int, whole: int) -> float | str:
    """A share in percent, one decimal; the dash for a share of nothing."""
    return round(100 * part / whole, 1) if whole else NONE


def _extracts_url(each: SourceFigures) -> str:
    return f"{reverse('extract_list')}?{urlencode({'source': each.code})}"


def _cells(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(Cell(head, value) for head, value in zip(heads, row, strict=True)) for row in rows)

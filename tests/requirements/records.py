"""The 32 requirements of records management: DoD 5015.02 chapter C2.2 and the Universal Electronic Records Management
requirements restated, with the rules of the notice (DHS/ICE-015).

The wording of the DoD standard is from memory and Unverified. Where the design of this system is stricter, it holds.
"""

from __future__ import annotations

from tests.requirements.book import Book, Requirement

HEAD = """# Records management requirements

<!-- Written by `python -m tests.requirements` from the marks of the tests. Do not edit by hand. -->

32 requirements of a system that keeps and destroys federal records, each with the tests that prove it (paths under `tests/`).
`make check` fails while this page is out of date or a requirement has no test.

Sources: the notice (DHS/ICE-015, 81 FR 52700), 36 CFR as cited, and **DoD** 5015.02 chapter C2.2 with the Universal Electronic
Records Management requirements, restated (Unverified: wording from memory).
"""

REQUIREMENTS = (
    (
        "R1",
        "schedule items",
        "authority, version, status (draft, proposed, approved, superseded), dates, approver; only an approved one drives actions",
        "36 CFR 1226.10",
    ),
    ("R2", "the schedule in force", "75 years; 25 years are a simulation, with counts by year", "notice"),
    ("R3", "versions are immutable", "a change is a new version; each record stores the version that set its dates", "DoD"),
    (
        "R4",
        "dates follow the calendar",
        "from the day that triggers them; 29 February is documented; the notice knows one trigger, the creation of the record",
        "notice",
    ),
    ("R5", "the clock starts at creation", "edits, merges and reopening do not move it", "notice"),
    ("R6", "cutoff", "after it the record takes no addition", "DoD"),
    (
        "R7",
        "20 years active, 5 archived",
        "archived: read-only, out of every search, list and count, opened by a records officer with a reason",
        "notice",
    ),
    ("R8", "several items apply", "the longest wins, and the reason is shown", "DoD"),
    ("R9", "shared people and organizations", "go with the last lead that names them, and not before", "DoD"),
    (
        "R10",
        "holds",
        "many records a hold, many holds a record; issuer, authority, reason, scope, start, release; one blocks every removal, raw SQL too",
        "DoD",
    ),
    ("R11", "a hold placed during a run wins", "asked under lock in the removing transaction, and by trigger; 200 races", "DoD"),
    ("R12", "a hold does not stop the clock", "its release sends the record back to review", "DoD"),
    ("R13", "other desks block like a hold", "access, amendment, appeal, FOIA, litigation, active case", "DoD"),
    ("R14", "three people", "requester, two approvers, each freshly signed in", "DoD"),
    ("R15", "the approved list is hashed", "a list that changed is not carried out", "DoD"),
    ("R16", "an outcome for every record", "a run is closed only when the counts add up", "DoD"),
    ("R17", "runs can be resumed", "killed anywhere and run again: the same end", "DoD"),
    (
        "R18",
        "data map",
        "every table, field, file, search copy, cache, queue argument, export, audit payload; an unclassified one fails the build",
        "DoD",
    ),
    ("R19", "nothing is left in plain text", "canaries are absent from dump, database files, files, search, cache, queue, logs", "DoD"),
    ("R20", "order of destruction", "key, rows, file; the order is recorded", "DoD"),
    ("R21", "no reconstruction", "from the database and backups older than the horizon of 35 days", "design"),
    ("R22", "a restored backup", "replays the ledger of destruction before it serves; one that did not is refused at start", "design"),
    (
        "R23",
        "certificate",
        "authority, schedule version, opaque ids, counts, approvers, method, times, sizes of the log, signature; verified offline",
        "36 CFR 1220.36(b)",
    ),
    ("R24", "tombstone", "no personal data; says under what authority the record was destroyed", "DoD"),
    (
        "R25",
        "transfer",
        "copied, checked, confirmed, only then deleted; here into the sealed archive: temporary records do not go to the National Archives",
        "DoD",
    ),
    ("R26", "extension and reset", "a typed authority, an end, a day of review", "36 CFR 1226.20"),
    ("R27", "unscheduled records", "are never destroyed", "DoD"),
    ("R28", "rejected records", "leave the run and need a new review", "DoD"),
    (
        "R29",
        "accounting of disclosures",
        "lives for the longer of five years and the life of the record, under a key of its own",
        "5 USC 552a(c)(2)",
    ),
    (
        "R30",
        "re-ingest after destruction",
        "the same source row makes nothing until its suppression expires; new travel makes a new lead",
        "design",
    ),
    (
        "R31",
        "yearly review, report of unauthorized destruction",
        "tasks with the days on which they are due",
        "NARA Disposition Handbook VI",
    ),
    ("R32", "10,000 records", "archived and destroyed in under 60 s, no lock over 1 s", "design"),
)

RECORDS = Book(
    page="records-requirements.md",
    mark="requirement",
    head=HEAD,
    requirements=tuple(Requirement(*line) for line in REQUIREMENTS),
    exceptions={},
)

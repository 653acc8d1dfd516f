"""Writes `docs/extracts.md` from the row contracts: `python -m ingest.sources.document` (with `--check`: only compare).

The page must be enough for an outsider to write a drop that LeadTrac takes. A test compares it with the contracts.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from ingest import drop_errors, drop_text, drops
from ingest.identifiers import FORMS, display
from ingest.sources.base import YEARS, Source
from ingest.sources.registry import SOURCES

PAGE = Path(__file__).parents[2] / "docs" / "extracts.md"

_HEAD = """# Extracts

<!-- Written by `python -m ingest.sources.document` from the row contracts in `ingest/sources/`. Do not edit by hand. -->

How to write a drop that LeadTrac takes. The layouts are LeadTrac's own: the interfaces of the real systems are not public.
Each source names the notice under which the system itself keeps its records, as the LeadTrac notice (DHS/ICE-015, "Record
source categories") cites it.

## A drop

Two files side by side, with the same name before the ending:

| file | what |
|---|---|
| `NAME.csv.gz` | the rows |
| `NAME.json` | the manifest; write it last, when the data file is complete |

**The data file** is gzip over CSV as RFC 4180 has it: UTF-8 (a byte-order mark is ignored), comma, double quotes where a cell
holds a comma, a quote or a line end, quotes doubled inside quotes, `\\n` or `\\r\\n` at the end of a row. The first line names
the columns of the layout, all of them, in the order of this page. An empty cell means "the source did not say". Blanks around
a value are dropped. A row holds at most {row_characters:,} characters, and the file unpacks to at most {unpacked} GB and
{ratio} times its packed size.

**Dates** are `YYYY-MM-DD`, calendar dates as the source wrote them, without time or zone, of the years {first_year} to {last_year}:
where a system writes `9999-12-31` or `0001-01-01` and means no date, leave the cell empty. **Y/N** columns hold `Y` or `N`.
**JSON** columns hold a JSON list, quoted as CSV asks.

**Codes that no table knows are welcome**: they are kept as they are and never make a row bad. When the row becomes facts, its
facts and its person show a remark, and its extract counts it. A filing, a SEVIS record or a visa in a state that no table
knows stops a referral until somebody has looked it up. Capital letters, blanks and hyphens in a code word do not matter.

### The manifest

| field | what | example |
|---|---|---|
"""

_KINDS = """
`as_of` orders the extracts of a source: what a newer one says of a record replaces what an older one said, whatever the order
in which they arrive. A **full** extract holds every record of the source; a **delta** holds the records that are new or have
changed since the extract before. A row replaces the older row with the same key (the columns marked *key*).

A record that a full extract does not hold is **no longer reported** from that extract's day on, until a later one states it
again: nothing is deleted, its person is judged again, and a lead that rests on it shows a stop sign. A delta says nothing of
what it leaves out. A row in quarantine counts as reported by its key; while the key of one cannot be read, or when a full
extract is empty, the extract says nothing of missing records.

## What happens to a drop

received, staged, checked, applied. The whole file is read and compared with its manifest before a single row counts. If it
does not fit, **the whole drop is refused and nothing is changed**:

| code | what is wrong | what to do |
|---|---|---|
"""

_QUARANTINE = """
A checked drop can be discarded, with a reason; one that nobody applies within 90 days is. It can be sent again.

**One bad row does not stop the rest.** It goes to quarantine with its line, its column and the reason, and can be repaired
there and played again. A row is bad when a column that must be filled is empty, a date is no date, a word is not one of those
that the column allows, a text is too long, the number of cells is not the number of columns, quotation marks are not in
order, or the row holds a NUL character.

**A good row becomes a record only when it has a reason to.** When the source flags the person (each source below says when),
or the row matches a subject that is known already, it is kept. Every other row waits in the buffer for the days that its
source names, is still searched for departures and filings, and is then destroyed; its count is kept. A waiting row that a
newer one replaces is searched no more, but stays for its own days: when the newer one's extract is un-imported, it waits again.
A row that had become part of a record and is taken out of it waits for the rest of its days, and not less than a month.

## Identifiers

Numbers are taken in any usual spelling (blanks, hyphens, leading `A#`, lower case) and kept in one normal form. A number that
cannot be one is left out of matching and remarked on; the row goes on.

**Simulated data uses only numbers that cannot belong to a person.**

| number | form | simulated range | why nobody has it |
|---|---|---|---|
"""

_WHY = {
    "i94": ("`999`, six digits, X, Y or Z, a digit", "declared: no public document shows the range in use"),
    "passport": ("issuer `UTO`, `ZZ` and seven digits", "impossible: UTO is the Utopia of the ICAO Doc 9303 specimens"),
    "a_number": ("A900 000 000 and above", "declared: no public document shows the range in use"),
    "sevis_id": ("`N99` and eight digits", "declared: no public document shows the range in use"),
    "fin": ("`99` and eight digits", "declared: no public document shows the range in use"),
    "visa_foil": ("`X` and seven digits", "declared: no public document shows the letter in use"),
    "receipt": ("`SIM` and ten digits", "impossible: no service center has the prefix"),
    "ssn": ("area 900-999, group 01-49", "impossible: no SSN has an area above 899; ITIN and ATIN have groups of 50 and above"),
    "eid_subject": ("`99` and eight digits", "declared: no public document shows the range in use"),
    "tecs_id": ("`SIM` and nine digits", "declared"),
    "phone": ("exchange 555, line 0100 to 0199", "impossible: kept for fiction by the numbering plan"),
    "email": ("a host under `.example`", "impossible: reserved by RFC 2606"),
}

_OTHER_RANGES = """
Beside them: EID events have the site `SIM`, visa control numbers the day 999 of a year, schools the district `SIM`, programs
`P-4-99nnn`, plates `SIM` and four digits; streets are invented (`Specimen Avenue`), web addresses end in `.example`. Names
are put together from syllables and are meant to belong to nobody.

## Country codes

Three systems collide, so every column names its own: **I-94** (three digits; `245` is China), **SEVIS** (two letters after
FIPS 10-4; `CH` is China, `GM` Germany), **ICAO** (ISO alpha-3 and the extras of travel documents). The crosswalk with its
dates of validity is `ingest/codes/countries.csv`; beside it lie ports, classes of admission and SEVIS reasons in the same form
(a row a code and period). A code is read on the day of its record; one that no table knows stays as it is, and the page says so.
"""

_SIMULATOR = """
## What the simulator writes beside the drops

`manage.py simulate` (or `python -m ingest.simulator`) writes drops in these layouts and two files more, gzip over JSON lines.

**`truth.jsonl.gz`**, the hidden truth. Only the scoring command reads it. One line per person:

| field | what |
|---|---|
| `person` | the person's name in the truth |
| `story` | the story of the cast that the person belongs to, or empty |
| `twin_of` | the person's twin, or empty |
| `records` | per source, the record keys (the *key* columns, joined by `/`) of all rows that are truly about this person |
| `matters` | the suspicions: see below |

A matter: `rule` (`overstay-dated`, `overstay-vwp`, `overstay-guam-cnmi`, `overstay-m1`, `parole-expired`, `f1-terminated`,
`j1-terminated`, `f1-completed`, `j1-completed`, `no-show-student`, `visa-revoked`, `dependent`), `source` and `key` of the row
that raises it, `outcome` in a word, `violated` (the stay or status was truly broken), `present` (truly in the country on the
last day of the world), `true_lead` (both), `first_day` of the violation or null, `shown_here` (some row
shows the person in the country on or after that day), `noise` (how the row was bent).

**`legacy.jsonl.gz`**, leads of the simulated legacy system, created 2000-2006. One line per lead: `legacy_id`, `created_on`
(the day from which retention counts), `rule`, `reason`, `state` (`open` or `closed`), `closed_on`, `closed_reason`, `subject`
(`family_name`, `given_name`, `name_source_script`, `date_of_birth`, `sex`, `citizenship_iso3`, `identifiers`), `notes`.
"""

_EXAMPLES = {
    "ManifestUnreadable": "The manifest is not JSON, lacks a field, has one too many, or a field has the wrong form.",
    "DataFileMissing": "There is no data file beside the manifest.",
    "WrongHash": "The SHA-256 of the data file is not the one in the manifest.",
    "TruncatedFile": "The gzip file ends early or is damaged.",
    "NotUtf8": "The text is not UTF-8.",
    "WrongHeader": "The first line does not name the layout's columns in order.",
    "WrongRowCount": "The file holds more or fewer rows than the manifest says.",
    "TooLarge": "The file unpacks to far more than a real extract.",
    "UnknownLayout": "No source has this code, or not in this layout version.",
}


def page() -> str:
    """The whole page, ending in one line end."""
    return "\n".join(_lines()).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` say whether it is up to date (exit code 1 when it is not)."""
    if "--check" in arguments:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def _lines() -> Iterator[str]:
    limits = {"row_characters": drop_text.MAX_ROW_CHARACTERS, "unpacked": drops.MAX_UNPACKED_BYTES // 1024**3, "ratio": drops.MAX_RATIO}
    limits |= {"first_year": YEARS[0], "last_year": YEARS[-1]}
    yield _HEAD.format(**limits).rstrip()
    for name, field in drops.Manifest.model_fields.items():
        example = str(field.examples[0]) if field.examples else ""
        yield f"| `{name}` | {field.description} | {_code(example)} |"
    yield _KINDS.rstrip()
    for name, what in _EXAMPLES.items():
        refusal = getattr(drop_errors, name)
        yield f"| `{refusal.code}` | {what} | {refusal.remedy} |"
    yield _QUARANTINE.rstrip()
    for kind, form in FORMS.items():
        simulated, why = _WHY[kind.value]
        yield f"| {kind.value.replace('_', ' ')} (`{display(kind, form.example)}`) | {form.words} | {simulated} | {why} |"
    yield _OTHER_RANGES
    yield "## Sources\n"
    yield "| source | layout | rows | stale after | buffer |"
    yield "|---|---|---|---|---|"
    for source in SOURCES.values():
        times = f"{source.freshness_days} days | {source.buffer_days} days"
        yield f"| [{source.name}](#{_anchor(source)}) | `{source.layout}` | {source.summary} | {times} |"
    for source in SOURCES.values():
        yield from _source_lines(source)
    yield _SIMULATOR


def _source_lines(source: Source) -> Iterator[str]:
    yield f"\n## {source.name}\n"
    yield f"Source `{source.code}`, layout `{source.layout}`. {source.summary}\n"
    yield f"- Notice: {source.notice}."
    yield f"- Exemption: {source.exemption}"
    yield f"- Makes a person a record: {source.flagged_when}"
    yield f"- Stale when the newest extract is older than {source.freshness_days} days; unflagged rows wait {source.buffer_days} days.\n"
    yield "| column | must be filled | form | what | example |"
    yield "|---|---|---|---|---|"
    for name in source.columns:
        field = source.contract.model_fields[name]
        extra: Any = field.json_schema_extra
        needed = "key" if name in source.natural_key else "yes" if field.default is PydanticUndefined else ""
        yield f"| `{name}` | {needed} | {extra['form']} | {field.description} | {_code(str((field.examples or [''])[0]))} |"
    yield "\nA header and a row that is valid:\n"
    yield f"```csv\n{example_rows(source)}```"


def example_rows(source: Source) -> str:
    """Header and one valid row made of the documented examples; a test puts it through the contract."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(source.columns)
    writer.writerow([(source.contract.model_fields[name].examples or [""])[0] for name in source.columns])
    return buffer.getvalue()


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _anchor(source: Source) -> str:
    kept = "".join(character for character in source.name.lower() if character.isalnum() or character in " -")
    return kept.replace(" ", "-")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

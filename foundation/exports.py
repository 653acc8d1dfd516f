"""Lists that leave the screen as files: marked, addressed to one person, with an id, harmless in a spreadsheet. Knows nothing of leads."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from uuid import UUID

import xlsxwriter

from foundation.pdf import pdf_of
from foundation.templatetags.desk import desk_datetime

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE, "pdf": "application/pdf"}
Row = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Listed:
    """What to write: columns, rows, the ids of the records in them, and whether there are more than may be written at once."""

    columns: Sequence[str]
    rows: Sequence[Row]
    ids: Sequence[UUID]
    more: bool = False
    marking: str = ""  # where the rows carry more than the system's own

    def only(self, wanted: Sequence[str]) -> Listed:
        """The same with some of the columns, as many as fit on paper."""
        places = [self.columns.index(name) for name in wanted]
        return Listed(tuple(wanted), tuple(tuple(row[place] for place in places) for row in self.rows), self.ids, self.more, self.marking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every export says of itself. `made_at` is aware; `extent` says in words whether the list is whole."""

    marking: str
    recipient: str
    made_at: datetime
    export_id: UUID
    title: str
    extent: str

    @property
    def cells(self) -> list[str]:
        """The first row."""
        made = f"Made {desk_datetime(self.made_at)}"
        return [self.marking, f"For {self.recipient}", made, f"Export {self.export_id}", self.title, self.extent]

    def file_name(self, form: str) -> str:
        """Marking, what, when, which: `UNCLASSIFIED-LAW-ENFORCEMENT-SENSITIVE_queue_20261122-1200Z_1f2e3d4c.csv`."""
        marking = in_file_names(self.marking)
        title = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{marking}_{title}_{self.made_at:%Y%m%d-%H%MZ}_{str(self.export_id)[:8]}.{form}"


def in_file_names(marking: str) -> str:
    """A marking as names of files carry it: `UNCLASSIFIED-LAW-ENFORCEMENT-SENSITIVE`."""
    return re.sub(r"[^A-Za-z0-9]+", "-", marking).strip("-")


def safe(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection): an apostrophe before a dangerous first sign."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def written(form: str, head: Head, columns: Sequence[str], rows: Sequence[Row], *, fonts: Path) -> bytes:
    """The file of the form `csv`, `xlsx` or `pdf`; `fonts` is where the fonts of printed files lie."""
    if form == "pdf":
        return _pdf(head, columns, rows, fonts)
    return _csv(head, columns, rows) if form == "csv" else _xlsx(head, columns, rows)


def _pdf(head: Head, columns: Sequence[str], rows: Sequence[Row], fonts: Path) -> bytes:
    """Marking, recipient, time and id stand on every page."""
    said = {"title": head.title, "extent": head.extent, "columns": list(columns), "rows": [[str(cell) for cell in row] for row in rows]}
    data = {**said, "marking": head.marking, "recipient": head.recipient, "id": str(head.export_id), "made": desk_datetime(head.made_at)}
    template = resources.files("foundation").joinpath("list.typ").read_bytes()
    return pdf_of(template, data, fonts=fonts, made_at=head.made_at)


def _csv(head: Head, columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for row in (head.cells, columns, *rows):
        writer.writerow([safe(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")  # the mark tells a spreadsheet that the names are UTF-8


def _xlsx(head: Head, columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    made = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, plain) as book:
        book.set_properties({"title": f"{head.title}, {head.marking}", "subject": head.marking, "comments": "; ".join(head.cells)})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("List")
        sheet.set_header(f"&C{head.marking}")
        sheet.set_footer(f"&C{head.marking}&RExport {head.export_id}, page &P of &N")
        sheet.freeze_panes(2, 1)
        sheet.repeat_rows(0, 1)
        for number, row in enumerate((head.cells, columns, *rows)):
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, place, cell)
                else:
                    sheet.write_string(number, place, str(safe(cell)), bold if number < 2 else None)
        sheet.set_column(0, len(columns) - 1, 18)
    return made.getvalue()

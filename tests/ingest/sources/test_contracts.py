"""Every source's contract against files: what must pass, what must fail and with which words."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.drops import DropWriter, Manifest, RawRow, UnknownLayout, iter_rows, split_text
from ingest.sources.base import CheckedRow, RejectedRow, Source, checked_rows
from ingest.sources.document import example_rows
from ingest.sources.registry import SOURCES, source_for

EXTRACTS = Path(__file__).parents[2] / "extracts"
AS_OF = datetime(2026, 11, 22, 5, tzinfo=UTC)
PASS = sorted(EXTRACTS.glob("*/should_pass_*.csv"))
FAIL = sorted(EXTRACTS.glob("*/should_fail_*.csv"))


def packed(path: Path, folder: Path) -> Path:
    """The fixture as the data file of a drop."""
    import gzip

    target = folder / "fixture.csv.gz"
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", PASS, ids=name)
def test_a_file_that_should_pass_has_no_problem(path: Path, tmp_path: Path) -> None:
    source = SOURCES[path.parent.name]
    rows = list(checked_rows(source, packed(path, tmp_path), AS_OF))
    assert rows
    assert [row.problems for row in rows if isinstance(row, RejectedRow)] == []


def test_a_file_that_should_fail_fails_at_each_place_with_the_expected_words(tmp_path: Path) -> None:
    expected: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    with (EXTRACTS / "expected.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            expected[row["file"]].append((int(row["line"]), row["column"], row["reason"]))
    assert sorted(expected) == [name(path) for path in FAIL]
    for path in FAIL:
        checked = checked_rows(SOURCES[path.parent.name], packed(path, tmp_path), AS_OF)
        found = [problem for row in checked if isinstance(row, RejectedRow) for problem in row.problems]
        assert [(problem.line, problem.column) for problem in found] == [(line, column) for line, column, _ in expected[name(path)]], path
        for problem, (_, _, words) in zip(found, expected[name(path)], strict=True):
            assert words in problem.reason, path
            assert problem.raw


def test_every_source_has_files_that_pass_and_files_that_fail() -> None:
    assert {path.parent.name for path in PASS} == set(SOURCES) == {path.parent.name for path in FAIL}


def test_all_nine_sources_of_the_notice_are_registered() -> None:
    assert set(SOURCES) == {"adis", "sevis", "sevis_schools", "eid", "tecs", "ccd", "claims3", "ident", "commercial", "public"}


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.code)
def test_a_source_names_its_notice_and_documents_every_column(source: Source) -> None:
    assert "FR" in source.notice or "DHS/ICE-015" in source.notice
    assert source.exemption
    assert source.flagged_when
    assert source.buffer_days == 180
    assert source.columns[: len(source.natural_key)] == source.natural_key
    for column, field in source.contract.model_fields.items():
        assert field.description, column
        assert field.examples, column
        assert isinstance(field.json_schema_extra, dict), column
        assert field.json_schema_extra["form"], column


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.code)
def test_the_documented_example_row_is_valid(source: Source) -> None:
    _, row = csv.reader(example_rows(source).splitlines())
    assert not isinstance(source.check(RawRow(1, 2, row, "")), tuple)


def test_a_problem_names_no_value_of_the_row(tmp_path: Path) -> None:
    for path in FAIL:
        for row in checked_rows(SOURCES[path.parent.name], packed(path, tmp_path), AS_OF):
            if isinstance(row, RejectedRow):
                cells = {cell for cell in row.raw.split(",") if len(cell) > 3}
                for problem in row.problems:
                    words = problem.reason.replace("2026-07-10", "")
                    assert not [cell for cell in cells if cell in words], path


def test_a_repaired_row_is_checked_again_like_a_row_of_a_file() -> None:
    source = SOURCES["adis"]
    text = example_rows(source).splitlines()[1]
    bad = split_text(1, 2, text.replace("2026-04-02", "2026-04-31"))
    good = split_text(1, 2, text)
    assert isinstance(source.check(bad), tuple)
    assert not isinstance(source.check(good), tuple)


def test_a_part_gives_the_same_rows_as_the_whole(tmp_path: Path) -> None:
    path = packed(EXTRACTS / "adis" / "should_pass_codes_that_no_table_knows.csv", tmp_path)
    whole = list(checked_rows(SOURCES["adis"], path, AS_OF))
    parts = [row for start in range(1, len(whole) + 1, 4) for row in checked_rows(SOURCES["adis"], path, AS_OF, start, start + 4)]
    assert parts == whole
    assert [raw.row for raw in iter_rows(path)] == list(range(1, len(whole) + 1))


def test_an_unknown_source_or_layout_is_refused() -> None:
    manifest = Manifest(source="adis", layout="adis/1", extract_id="A-1", as_of=AS_OF, row_count=0, sha256="0" * 64, kind="full")
    assert source_for(manifest) is SOURCES["adis"]
    for change in ({"source": "sadi"}, {"layout": "adis/2"}, {"layout": "sevis/1"}):
        with pytest.raises(UnknownLayout):
            source_for(manifest.model_copy(update=change))


def test_a_statement_never_fails_on_a_checked_row(tmp_path: Path) -> None:
    for path in PASS:
        source = SOURCES[path.parent.name]
        keys = [row.statement.record_key for row in checked_rows(source, packed(path, tmp_path), AS_OF) if isinstance(row, CheckedRow)]
        assert all(keys)
        assert len(set(keys)) == len(keys), path


def test_a_written_drop_reads_back_as_it_was_written(tmp_path: Path) -> None:
    source = SOURCES["commercial"]
    writer = DropWriter(tmp_path, "X-1", source=source.code, layout=source.layout, columns=source.columns, as_of=AS_OF, kind="delta")
    cells = ["plain", 'with "quotes"', "with, comma", "with\nline end", "пример", *[""] * (len(source.columns) - 5)]
    writer.write(cells)
    writer.close()
    assert [raw.cells for raw in iter_rows(tmp_path / "X-1.csv.gz")] == [cells]

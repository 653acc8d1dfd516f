"""Drops that must be refused whole, rows that must not hurt their neighbors, and bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.drop_text import MAX_LINES_IN_A_ROW, MAX_ROW_CHARACTERS
from ingest.drops import (
    DataFileMissing,
    DropRefused,
    DropWriter,
    Manifest,
    ManifestUnreadable,
    NotUtf8,
    TooLarge,
    TruncatedFile,
    WrongHash,
    WrongHeader,
    WrongRowCount,
    drop_of,
    file_sha256,
    find_drops,
    iter_rows,
    printable,
    read_manifest,
    split_parts,
    verify_data_file,
    write_manifest,
)

COLUMNS = ("a", "b", "c")
AS_OF = datetime(2026, 11, 22, 5, tzinfo=UTC)


def manifest_of(path: Path, rows: int) -> Manifest:
    return Manifest(source="adis", layout="adis/1", extract_id="A-1", as_of=AS_OF, row_count=rows, sha256=file_sha256(path), kind="full")


def data_file(folder: Path, content: bytes) -> Path:
    path = folder / "A-1.csv.gz"
    path.write_bytes(gzip.compress(content, mtime=0))
    return path


def test_a_sound_file_is_verified_and_read(tmp_path: Path) -> None:
    path = data_file(tmp_path, b'a,b,c\n1,2,3\r\n"x, y","say ""hi""","two\nlines"\n')
    found = verify_data_file(path, manifest_of(path, 2), COLUMNS)
    assert found.row_count == 2
    assert [(row.row, row.line, row.cells) for row in iter_rows(path)] == [
        (1, 2, ["1", "2", "3"]),
        (2, 3, ["x, y", 'say "hi"', "two\nlines"]),
    ]


def test_a_byte_order_mark_and_a_missing_last_line_end_do_no_harm(tmp_path: Path) -> None:
    path = data_file(tmp_path, "\ufeffa,b,c\n1,2,3".encode())
    assert verify_data_file(path, manifest_of(path, 1), COLUMNS).row_count == 1


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = data_file(tmp_path, b"a,b,c\n" + b"1,2,3\n" * 5000)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(TruncatedFile):
        verify_data_file(path, manifest_of(path, 5000), COLUMNS)


@pytest.mark.check(58)
def test_a_file_that_is_not_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "A-1.csv.gz"
    path.write_bytes(b"a,b,c\n1,2,3\n")
    with pytest.raises(TruncatedFile):
        verify_data_file(path, manifest_of(path, 1), COLUMNS)


def test_another_file_than_the_manifest_describes_is_refused(tmp_path: Path) -> None:
    path = data_file(tmp_path, b"a,b,c\n1,2,3\n")
    manifest = manifest_of(path, 1).model_copy(update={"sha256": "0" * 64})
    with pytest.raises(WrongHash):
        verify_data_file(path, manifest, COLUMNS)


@pytest.mark.parametrize("rows", [0, 2])
def test_a_wrong_row_count_is_refused(tmp_path: Path, rows: int) -> None:
    path = data_file(tmp_path, b"a,b,c\n1,2,3\n")
    with pytest.raises(WrongRowCount):
        verify_data_file(path, manifest_of(path, rows), COLUMNS)


@pytest.mark.parametrize("header", [b"a,b\n", b"a,c,b\n", b"a,b,c,d\n", b"", b"a,b,c", b'"a,b,c\n'])
def test_a_wrong_header_is_refused(tmp_path: Path, header: bytes) -> None:
    path = data_file(tmp_path, header)
    with pytest.raises(WrongHeader):
        verify_data_file(path, manifest_of(path, 0), COLUMNS)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = data_file(tmp_path, b"a,b,c\n1,\xe9,3\n")
    with pytest.raises(NotUtf8):
        verify_data_file(path, manifest_of(path, 1), COLUMNS)


@pytest.mark.check(58)
def test_a_zip_bomb_is_refused_without_unpacking_it_all(tmp_path: Path) -> None:
    path = tmp_path / "A-1.csv.gz"
    with gzip.open(path, "wb") as stream:
        stream.write(b"a,b,c\n")
        for _ in range(200):
            stream.write((b"0" * 1995 + b",0,0\n") * 200)
    with pytest.raises(TooLarge):
        verify_data_file(path, manifest_of(path, 40_000), COLUMNS)


def test_a_missing_data_file_is_refused(tmp_path: Path) -> None:
    path = data_file(tmp_path, b"a,b,c\n")
    manifest = manifest_of(path, 0)
    path.unlink()
    with pytest.raises(DataFileMissing):
        verify_data_file(path, manifest, COLUMNS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"source": "adis"}',
        b"\xff\xfe",
        b'{"source":"adis","layout":"adis/1","extract_id":"A-1","as_of":"2026-11-22T05:00:00","row_count":1,"sha256":"'
        + b"0" * 64
        + b'","kind":"full"}',
        b'{"source":"../etc","layout":"adis/1","extract_id":"A-1","as_of":"2026-11-22T05:00:00Z","row_count":1,"sha256":"'
        + b"0" * 64
        + b'","kind":"full"}',
        b" " * 70_000,
    ],
    ids=["empty", "text", "list", "no fields", "one field", "not utf-8", "time without offset", "path as source", "too large"],
)
def test_an_unusable_manifest_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "A-1.json"
    path.write_bytes(content)
    with pytest.raises(ManifestUnreadable) as caught:
        read_manifest(path)
    assert caught.value.what.startswith("The manifest A-1.json")
    assert caught.value.remedy


def test_each_field_that_is_wrong_is_named_with_what_it_should_be(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text('{"source": "adis", "layout": "1", "extract_id": "E-100", "as_of": "2026-11-22T05:00:00Z", "kind": "daily", "rows": 3}')

    with pytest.raises(ManifestUnreadable) as refused:
        read_manifest(path)

    assert "field layout is not written as it should be, for example adis/1" in str(refused.value)
    assert "field row_count is missing" in str(refused.value)
    assert "field kind must be 'full' or 'delta'" in str(refused.value)
    assert "field rows is no field of a manifest" in str(refused.value)


def test_a_manifest_reads_back_as_written(tmp_path: Path) -> None:
    path = data_file(tmp_path, b"a,b,c\n")
    manifest = manifest_of(path, 0)
    write_manifest(tmp_path / "A-1.json", manifest)
    assert read_manifest(tmp_path / "A-1.json") == manifest
    assert [drop.data_path for drop in find_drops(tmp_path)] == [path]
    assert drop_of(tmp_path / "A-1.json").data_path == path


def test_a_ten_megabyte_cell_costs_one_row(tmp_path: Path) -> None:
    path = data_file(tmp_path, b"a,b,c\n1,2,3\n" + b"x" * 10_000_000 + b",2,3\n4,5,6\n")
    assert verify_data_file(path, manifest_of(path, 3), COLUMNS).row_count == 3
    first, huge, last = iter_rows(path)
    assert (first.cells, last.cells) == (["1", "2", "3"], ["4", "5", "6"])
    assert huge.cells is None
    assert "longer than" in huge.problem
    assert len(huge.raw) == MAX_ROW_CHARACTERS


@pytest.mark.parametrize("bad", ['1,"2,3', '1,2","3', '"1"2,2,3', f'1,"{"x" * 200_000},3'])
def test_a_stray_quotation_mark_costs_one_row(tmp_path: Path, bad: str) -> None:
    path = data_file(tmp_path, f'a,b,c\n0,0,0\n{bad}\n4,"5, five",6\n7,8,9\n'.encode())
    rows = list(iter_rows(path))
    assert [row.cells for row in rows] == [["0", "0", "0"], None, ["4", "5, five", "6"], ["7", "8", "9"]]
    assert rows[1].problem
    assert verify_data_file(path, manifest_of(path, 4), COLUMNS).row_count == 4


def test_inches_are_letters_and_two_stray_marks_glue_no_rows(tmp_path: Path) -> None:
    path = data_file(tmp_path, b'a,b,c\n1,5\'10",3\n4,5,6\n7,6\'2",9\n1,"2,3\n4,5,6\n7,8","9\n1,"2,\n""x""",3\n')
    cells = [row.cells for row in iter_rows(path)]
    assert cells == [["1", "5'10\"", "3"], ["4", "5", "6"], ["7", "6'2\"", "9"], None, ["4", "5", "6"], None, ["1", '2,\n"x"', "3"]]
    assert verify_data_file(path, manifest_of(path, 7), COLUMNS).row_count == 7


def test_a_quoted_cell_may_hold_many_lines_but_not_the_rest_of_the_file(tmp_path: Path) -> None:
    many = "\n".join("x" * 5 for _ in range(MAX_LINES_IN_A_ROW // 2))
    path = data_file(tmp_path, f'a,b,c\n1,"{many}",3\n4,5,6\n'.encode())
    assert [row.cells for row in iter_rows(path)] == [["1", many, "3"], ["4", "5", "6"]]


def test_a_nul_character_is_shown_where_it_stood() -> None:
    assert printable("a\x00b") == "a\u2400b"


def test_parts_cover_every_row_once() -> None:
    parts = split_parts(1001, 250)
    assert [(part.number, part.start_row, part.stop_row) for part in parts] == [
        (1, 1, 251),
        (2, 251, 501),
        (3, 501, 751),
        (4, 751, 1001),
        (5, 1001, 1002),
    ]
    assert split_parts(0, 250) == []
    with pytest.raises(ValueError, match="at least 1"):
        split_parts(10, 0)


def test_equal_rows_give_equal_files(tmp_path: Path) -> None:
    digests = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        writer = DropWriter(folder, folder.name, source="adis", layout="adis/1", columns=COLUMNS, as_of=AS_OF, kind="full")
        for number in range(5000):
            writer.write([str(number), "x,y", ""])
        digests.append(writer.close().sha256)
    assert digests[0] == digests[1]


def test_reading_a_long_file_keeps_to_a_few_megabytes(tmp_path: Path) -> None:
    writer = DropWriter(tmp_path, "A-1", source="adis", layout="adis/1", columns=COLUMNS, as_of=AS_OF, kind="full")
    for number in range(50_000):
        writer.write([str(number), f'say "{number * 7919 % 100_003}"', "z" * (number % 40)])
    manifest = writer.close()
    tracemalloc.start()
    try:
        verify_data_file(tmp_path / "A-1.csv.gz", manifest, COLUMNS)
        assert sum(1 for _ in iter_rows(tmp_path / "A-1.csv.gz")) == 50_000
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024**2
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def fuzz_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("fuzz")


@settings(max_examples=300, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: ("a,b,c\n" + text).encode("utf-8", "surrogatepass")))
)
def test_whatever_stands_in_the_file_the_answer_is_rows_or_a_refusal(fuzz_folder: Path, content: bytes) -> None:
    path = data_file(fuzz_folder, content)
    try:
        rows = list(iter_rows(path))
    except DropRefused as refusal:
        assert refusal.what
        assert refusal.remedy
        return
    assert verify_data_file(
        path, manifest_of(path, len(rows)), tuple(COLUMNS) if content.startswith(b"a,b,c\n") else header_of(path)
    ).row_count == len(rows)
    assert all((row.cells is None) == bool(row.problem) for row in rows)


def header_of(path: Path) -> tuple[str, ...]:
    import csv

    text = gzip.decompress(path.read_bytes()).decode("utf-8-sig")
    return tuple(next(csv.reader((text.split("\n")[0].rstrip("\r"),), strict=True), []))

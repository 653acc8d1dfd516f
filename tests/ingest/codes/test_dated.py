"""Tables of codes: a code means what it meant on the day of the record; what no table knows stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.codes import countries, dated, ports
from ingest.codes.admission_classes import stay_of
from ingest.codes.sevis_reasons import words


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of this test's own in the place of the tables."""
    monkeypatch.setattr(dated, "__file__", str(tmp_path / "dated.py"))
    dated.table.cache_clear()
    yield tmp_path
    dated.table.cache_clear()


def written(folder: Path, *rows: str) -> dated.Table:
    (folder / "made.csv").write_text("\n".join(["code,label,valid_from,valid_until,remark", *rows, ""]), encoding="utf-8")
    return dated.table("made", "code")


def test_a_code_means_what_it_meant_on_the_day_of_the_record(files: Path) -> None:
    table = written(files, "X,new,2020-01-01,,", "X,old,,2019-12-31,", "Y,once,2001-05-05,2001-05-06,")

    says = {day: entry.says["label"] if (entry := table.get("X", on=day)) else None for day in (date(2019, 12, 31), date(2020, 1, 1))}
    assert says == {date(2019, 12, 31): "old", date(2020, 1, 1): "new"}
    assert (latest := table.get("X")) is not None
    assert latest.says["label"] == "new"
    assert [table.get("Y", on=date(2001, 5, day)) is not None for day in (4, 5, 6, 7)] == [False, True, True, False]
    assert table.get("Z") is None


@pytest.mark.parametrize("rows", [("X,a,,,", "X,b,2020-01-01,,"), ("X,a,,2020-01-01,", "X,b,2020-01-01,,"), ("X,a,,,", "X,b,,,")])
def test_two_meanings_of_a_code_on_one_day_are_refused(files: Path, rows: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="two meanings of X overlap"):
        written(files, *rows)


def test_every_table_of_the_house_is_read_and_keeps_what_it_does_not_know() -> None:
    assert (countries.iso3("i94", "301"), countries.iso3("sevis", "CH"), countries.iso3("icao", "QQQ")) == ("COD", "CHN", "")
    assert (ports.label("BOS", date(2026, 1, 1)), ports.label("QQQ")) == ("Boston, MA", "QQQ")
    assert (stay_of("B2", date(2026, 1, 1)), stay_of("F1"), stay_of("PAR"), stay_of("QQ")) == ("dated", "ds", "parole", None)
    assert words("F1", "terminated", "03") == "Unauthorized employment"
    assert words("F1", "canceled", "03") == "Registered under another SEVIS ID"
    assert (words("J1", "terminated", "COMP"), words("F2", "terminated", "04"), words("M1", "terminated", "99")) == (
        "Completed",
        "Divorce",
        "",
    )

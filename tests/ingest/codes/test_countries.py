"""Countries by the code that facts keep."""

from __future__ import annotations

from ingest.codes import countries


def test_each_country_is_named_once_and_by_the_code_that_facts_keep() -> None:
    names = countries.names()

    assert names["DEU"] == "Germany"
    assert names["GBR"] == "United Kingdom"
    assert len(set(names.values())) == len(names)
    assert {countries.iso3("icao", code) for code in names} == set(names)

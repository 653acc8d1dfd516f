"""The generated pages are up to date."""

from __future__ import annotations

from ingest.simulator.cast import document as stories
from ingest.sources import document as extracts


def test_the_page_on_extracts_is_what_the_contracts_say() -> None:
    assert extracts.PAGE.read_text(encoding="utf-8") == extracts.page()


def test_the_page_on_stories_is_what_the_cast_plays() -> None:
    assert stories.PAGE.read_text(encoding="utf-8") == stories.page()

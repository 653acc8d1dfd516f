"""Writes `docs/stories.md` from the list of stories: `python -m ingest.simulator.cast.document`."""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.simulator.cast.stories import STORIES

PAGE = Path(__file__).parents[3] / "docs" / "stories.md"

_HEAD = """# Stories of the demo world

<!-- Written by `python -m ingest.simulator.cast.document` from `ingest/simulator/cast/stories.py`. Do not edit by hand. -->

Every simulated world holds the same cast beside the people that it draws, so that everybody can talk about the same cases.
None of these people and schools exists: their family names mean "example" in some language, and their numbers lie in ranges
that nobody can have (see [Extracts](extracts.md#identifiers)). Dates move with the last day of the world, which in the demo is
the day before it was made.

| story | who | fed by |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = "\n".join(f"| [{story.title}](#{_anchor(story.title)}) | {story.who} | {story.needs} |" for story in STORIES)
    parts = [
        f"## {story.title}\n\n**{story.who}.** {story.play.__doc__}\n\n*What the desk should find:* {story.finds}\n" for story in STORIES
    ]
    return _HEAD + rows + "\n\n" + "\n".join(parts)


def main() -> int:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def _anchor(title: str) -> str:
    return "".join(character for character in title.lower() if character.isalnum() or character in " -").replace(" ", "-")


if __name__ == "__main__":
    sys.exit(main())

"""Templates: what a block names stays in that block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "{% extends" in path.read_text(encoding="utf-8")]
BLOCK = re.compile(r"\{% block (\w+) %\}(.*?)\{% endblock %\}", re.DOTALL)
NAMED = re.compile(r"\{%[^%]* as (\w+) %\}")


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if "{% extends" in path.read_text(encoding="utf-8")], ids=lambda path: path.name
)
def test_an_address_that_one_block_names_is_not_asked_for_in_another(path: Path) -> None:
    """Django keeps such a name to its block: a form whose `cancel_url` was named above silently loses its way out."""
    blocks = BLOCK.findall(path.read_text(encoding="utf-8"))
    elsewhere = {name for _, text in blocks for name in NAMED.findall(text) if name.endswith("_url")}
    lost = [
        (block, name)
        for block, text in blocks
        for name in elsewhere - set(NAMED.findall(text))
        if re.search(r"\{\{ " + name + r"\b|=\"" + name + r"\"", text)
    ]
    assert lost == []

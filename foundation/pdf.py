"""PDF from data: tagged (PDF/UA-1), with fonts of its own, so that names in every script come out. Knows nothing of what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from anyascii import anyascii

FAMILIES = (
    ("noto-sans", ("400Regular", "700Bold")),
    ("noto-sans-arabic", ("400Regular", "700Bold")),
    ("noto-sans-sc", ("400Regular",)),
)
COVERED = (  # the blocks that the fonts above hold: Latin, Greek, Cyrillic, Devanagari, Arabic, punctuation, Chinese
    (0x0020, 0x052F),
    (0x0600, 0x06FF),
    (0x0750, 0x077F),
    (0x0900, 0x097F),
    (0x1E00, 0x1EFF),
    (0x2010, 0x205E),
    (0x3001, 0x3011),
    (0x4E00, 0x9FA5),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFC),
)


class FontsMissing(RuntimeError):
    """The fonts are not installed: `npm ci` puts them under node_modules."""


@lru_cache(maxsize=1)
def _fonts(home: Path) -> Any:
    folders = [home / family / weight for family, weights in FAMILIES for weight in weights]
    missing = [folder.name for folder in folders if not folder.is_dir()]
    if missing:
        message = f"The fonts of the PDFs are missing ({', '.join(missing)}): run `npm ci --ignore-scripts`."
        raise FontsMissing(message)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders])


def pdf_of(template: bytes, data: Any, *, fonts: Path, made_at: datetime) -> bytes:
    """The JSON value `data`, laid out by a typst `template` that reads it as `sys.inputs.data`.

    `fonts` is the folder that holds the font families; `made_at` stamps the file. A character that the fonts lack is printed in
    romanized form. Raises `FontsMissing`.
    """
    try:
        return _compile(template, _map_text(data, _printable), fonts, made_at)
    except typst.TypstError:
        return _compile(template, _map_text(data, anyascii), fonts, made_at)


def _compile(template: bytes, data: Any, fonts: Path, made_at: datetime) -> bytes:
    made: bytes = typst.compile(
        template,
        font_paths=_fonts(fonts),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=made_at.replace(microsecond=0),
    )
    return made


def _map_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON value with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map_text(each, change) for each in value]
    if isinstance(value, dict):
        return {key: _map_text(each, change) for key, each in value.items()}
    return value


def _printable(text: str) -> str:
    return "".join(each if any(first <= ord(each) <= last for first, last in COVERED) else anyascii(each) for each in text)

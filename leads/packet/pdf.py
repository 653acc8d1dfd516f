"""The PDF of a packet: its body on marked pages, the evidence against the lead first."""

from __future__ import annotations

from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from foundation.pdf import pdf_of


def render_pdf(body: dict[str, Any], *, fonts: Path, made_at: datetime) -> bytes:
    """The packet's body as PDF. Raises `FontsMissing`."""
    template = resources.files("leads.packet").joinpath("packet.typ").read_bytes()
    return pdf_of(template, body, fonts=fonts, made_at=made_at)

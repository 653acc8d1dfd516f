"""The sources that LeadTrac reads, one line each. Adding a source is adding its file and its line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ingest.drops import Manifest, UnknownLayout
from ingest.sources import adis, ccd, claims3, commercial, eid, ident, public, sevis, sevis_schools, tecs
from ingest.sources.base import Source

ORDERED: tuple[Source, ...] = (
    adis.SOURCE,
    sevis.SOURCE,
    sevis_schools.SOURCE,
    eid.SOURCE,
    tecs.SOURCE,
    ccd.SOURCE,
    claims3.SOURCE,
    ident.SOURCE,
    commercial.SOURCE,
    public.SOURCE,
)
SOURCES: Mapping[str, Source] = MappingProxyType({source.code: source for source in ORDERED})


def source_for(manifest: Manifest) -> Source:
    """The source whose layout a manifest names; raises `UnknownLayout`."""
    source = SOURCES.get(manifest.source)
    if source is None:
        raise UnknownLayout(f"No source is called {manifest.source}.")
    if source.layout != manifest.layout:
        raise UnknownLayout(f"{source.name} is read in the layout {source.layout}, not {manifest.layout}.")
    return source

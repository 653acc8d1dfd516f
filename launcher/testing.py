"""Runs pytest on test servers of its own, and the benchmark on durable ones."""

import sys
from collections.abc import Sequence

from launcher import browser, product
from launcher import servers as both
from launcher.children import foreground
from launcher.environment import environment
from launcher.places import KINDS

_SELECTIONS = {
    "quick": "not slow and not journey and not proof",
    "usual": "not proof",
    "proof": "proof",
}
_WORKERS = 2


def run_tests(selection: str, words: Sequence[str]) -> int:
    """Run pytest and return its exit code. `selection` is quick, usual or proof; `words` go to pytest as they are."""
    pytest = [sys.executable, "-m", "pytest", "-n", str(_WORKERS), "--dist", "worksteal", "-m", _SELECTIONS[selection], *words]
    with both.servers(KINDS["test"]) as running:
        return foreground(pytest, {**environment(running), **_chromium()})


def run_benchmark(words: Sequence[str]) -> int:
    """Run `manage.py bench` on servers with the settings of production and return its exit code."""
    with both.servers(KINDS["bench"]) as running:
        variables = environment(running)
        product.bring_up_to_date(variables)
        return foreground([*product.MANAGE, "bench", *words], variables)


def _chromium() -> dict[str, str]:
    found = browser.find()
    return {"LEADTRAC_CHROMIUM": found} if found else {}

"""Where things are: the checkout, its `var/` folder, and the kinds of servers that live there."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def var() -> Path:
    """Return the folder of everything that the launcher makes: `var/`, or what `LEADTRAC_VAR` names."""
    chosen = os.environ.get("LEADTRAC_VAR")
    return Path(chosen).resolve() if chosen else ROOT / "var"


@dataclass(frozen=True)
class Kind:
    """One set of servers with its own data, passwords and keys.

    `durable` is false for tests only: their databases are thrown away, so nothing is worth an fsync.
    """

    name: str
    durable: bool
    connections: int

    @property
    def prefix(self) -> str:
        """The start of the folder names: the demo owns `var/postgres`, the tests `var/test-postgres`."""
        return "" if self.name == "demo" else f"{self.name}-"

    @property
    def files(self) -> Path:
        """The folder of extracts, checkpoints and marks of this kind."""
        return var() / self.name

    @property
    def secrets(self) -> Path:
        """The folder of passwords and keys of this kind; only its owner may enter."""
        return var() / "secrets" / self.name


KINDS = {
    kind.name: kind
    for kind in (
        Kind("demo", durable=True, connections=60),
        # Several people (or several pytest workers) share one test server.
        Kind("test", durable=False, connections=200),
        Kind("bench", durable=True, connections=60),
    )
}

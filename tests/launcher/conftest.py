"""A launcher with a `var/` of its own, so that its tests disturb neither the demo nor the servers of other tests."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.home import open_home
from launcher.places import KINDS, ROOT
from launcher.postgres import Postgres
from launcher.servers import stop_leftovers

_SERVER_VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTAIN_URL", "REDIS_URL", "LEADTRAC_DB_SUFFIX")


class Launcher:
    """Runs `python -m launcher` in a child with its own `var/` folder."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("LEADTRAC_")}
        for name in _SERVER_VARIABLES:
            self.environment.pop(name, None)
        self.environment["LEADTRAC_VAR"] = str(var)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command and return its process, output on a pipe."""
        return subprocess.Popen(
            [sys.executable, "-m", "launcher", *words],
            cwd=ROOT,
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*words, **variables)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def run_in_services(self, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command with test servers."""
        return self.run("services", "--kind", "test", "--", "/bin/sh", "-c", command, **variables)

    @property
    def data(self) -> Path:
        """Return the data folder of the test PostgreSQL."""
        pointer = self.var / "data-folder"
        base = Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else self.var
        return base / "test-postgres"

    def server_pids(self) -> list[int]:
        """Return the process ids that the servers wrote down; an empty list when both have cleaned up."""
        notes = [self.data / "postmaster.pid", self.data.with_name("test-redis") / "redis.pid"]
        return [int(note.read_text(encoding="utf-8").splitlines()[0]) for note in notes if note.exists()]


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Launcher]:
    """Yield a launcher whose servers are stopped and whose files are removed at the end of the test."""
    var = Path(tempfile.mkdtemp(prefix="leadtrac-var-", dir="/tmp"))
    var.chmod(0o755)  # pytest's own folders are closed to the servers' account
    for name in _SERVER_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LEADTRAC_VAR", str(var))
    made = Launcher(var)
    yield made
    stop_leftovers(KINDS["test"])
    shutil.rmtree(made.data.parent, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def postgres(launcher: Launcher) -> Postgres:
    """Return the test PostgreSQL of that launcher, not started."""
    assert launcher.var.exists()
    return Postgres(open_home(KINDS["test"]))

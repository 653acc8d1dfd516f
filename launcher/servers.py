"""Both servers of a kind, shared by everyone who uses them at the same time.

Each user holds a shared lock on `var/run/<kind>.users` for as long as it runs; the system drops the lock when the
process ends, however it ends. The last one out stops the servers, unless `up` asked to keep them running.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher.home import open_home
from launcher.places import Kind, var
from launcher.postgres import Postgres
from launcher.redis_server import Redis
from launcher.report import LauncherError, say
from launcher.signals import undisturbed


@dataclass(frozen=True)
class Wanted:
    """Which servers the launcher has to bring itself; the user may have named others by URL."""

    postgres: bool
    redis: bool


_BOTH = Wanted(postgres=True, redis=True)


def wanted() -> Wanted:
    """Read `DATABASE_URL` and `REDIS_URL`: a server that the user names is used, never started."""
    return Wanted(postgres=not os.environ.get("DATABASE_URL"), redis=not os.environ.get("REDIS_URL"))


@dataclass(frozen=True)
class Servers:
    """The running servers of a kind; a part is None where the user brought it."""

    kind: Kind
    postgres: Postgres | None
    redis: Redis | None


@contextmanager
def servers(kind: Kind) -> Iterator[Servers]:
    """Start the servers of a kind, or join those that run; stop them at the end if nobody else uses them."""
    with _users_lock(kind) as users:
        try:
            yield _start(kind, wanted())
        finally:
            # Also after an interrupted start: what was started stops.
            with undisturbed(), _gate(kind):
                if not is_kept(kind) and _alone(users):
                    _stop(_find(kind, wanted()))


def up(kind: Kind) -> Servers:
    """Start the servers of a kind and leave them running."""
    running = _start(kind, _BOTH)
    _kept(kind).touch()
    return running


def down(kind: Kind) -> None:
    """Stop servers that `up` left running. Raises LauncherError while another launcher uses them."""
    with _users_lock(kind) as users, _gate(kind):
        _kept(kind).unlink(missing_ok=True)
        if not _alone(users):
            raise LauncherError(f"The {kind.name} servers are in use; they stop with the last launcher that uses them.")
        _stop(_find(kind, _BOTH))


def running(kind: Kind) -> Servers:
    """Return the servers of a kind that run now. Raises LauncherError when they do not."""
    found = _find(kind, _BOTH)
    if found.postgres is None or found.redis is None or not (found.postgres.is_ready() and found.redis.is_ready()):
        raise LauncherError(f"The {kind.name} servers do not run. Start them: python -m launcher up --kind {kind.name}")
    return found


def is_kept(kind: Kind) -> bool:
    """Say whether `up` asked to keep the servers of a kind running."""
    return _kept(kind).exists()


def stop_leftovers(kind: Kind) -> bool:
    """Stop servers that run although nobody uses them; say whether there were any."""
    found = _find(kind, _BOTH)
    left = any(server is not None and server.pid() is not None for server in (found.postgres, found.redis))
    _stop(found)
    return left


def is_in_use(kind: Kind) -> bool:
    """Say whether a launcher uses the servers of a kind now."""
    with _users_lock(kind) as users:
        return not _alone(users)


def _start(kind: Kind, want: Wanted) -> Servers:
    with _gate(kind):
        found = _find(kind, want)
        if found.postgres is not None:
            if not found.postgres.is_ready():
                say("Starting PostgreSQL.")
                found.postgres.start()
            # Also when it ran already: a start that was interrupted may have left the roles half made.
            found.postgres.prepare_roles()
        if found.redis is not None and not found.redis.is_ready():
            say("Starting Redis.")
            found.redis.start()
        return found


def _find(kind: Kind, want: Wanted) -> Servers:
    if not (want.postgres or want.redis):
        return Servers(kind, None, None)
    home = open_home(kind)
    return Servers(kind, Postgres(home) if want.postgres else None, Redis(home) if want.redis else None)


def _stop(found: Servers) -> None:
    if found.redis is not None:
        found.redis.stop()
    if found.postgres is not None:
        found.postgres.stop()


def _run_folder() -> Path:
    folder = var() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _kept(kind: Kind) -> Path:
    return _run_folder() / f"{kind.name}.kept"


@contextmanager
def _gate(kind: Kind) -> Iterator[None]:
    """Let one launcher at a time start or stop the servers of a kind."""
    with (_run_folder() / f"{kind.name}.gate").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _users_lock(kind: Kind) -> Iterator[int]:
    """Count as a user of the servers of a kind. Opening waits for a launcher that is just stopping them."""
    with _gate(kind):
        file = (_run_folder() / f"{kind.name}.users").open("w")
        fcntl.flock(file, fcntl.LOCK_SH)
    try:
        yield file.fileno()
    finally:
        file.close()


def _alone(users: int) -> bool:
    """Say whether this launcher is the only user. Call it with the gate held, so that nobody can join meanwhile."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(users, fcntl.LOCK_SH)
        return False
    return True

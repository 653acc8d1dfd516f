"""The demo: from a checkout to a page in the browser, and back to nothing."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from launcher import product
from launcher import servers as both
from launcher.children import Children
from launcher.environment import environment
from launcher.home import open_home
from launcher.places import KINDS, var
from launcher.ports import LOOPBACK, is_free
from launcher.report import LauncherError, say
from launcher.signals import StopRequestedError, undisturbed
from launcher.web import WEB_VARIABLES, WITHOUT_LOG_KEY, answers, beat_command, sealer_command, web_command, worker_command

_KIND = KINDS["demo"]
_READY_SECONDS = 90
_TO_TRY = """\
Three things to try:
  1. Sign in as an analyst, open the first lead of the queue, read why it is here, claim it and refer it.
  2. Sign in as a field officer of that office: accept the referral and report the outcome.
  3. Sign in as a records officer: see which records are due, this year and on a later date."""


def run(port: int) -> None:
    """Serve the demo on `http://localhost:<port>` until Ctrl-C or SIGTERM. Raises LauncherError."""
    _check_port(port)
    try:
        with _only_one(), both.servers(_KIND) as running:
            _serve(environment(running, port), port)
    except StopRequestedError:  # the ordinary way to end a demo
        say("Everything is stopped.")


def reset() -> None:
    """Remove the demo's data, passwords and keys. Raises LauncherError while the demo or its servers are in use."""
    with _only_one():
        if both.is_kept(_KIND):
            raise LauncherError("The demo's servers were started with `up`. Stop them first: python -m launcher down")
        if both.is_in_use(_KIND):
            raise LauncherError("The demo's servers are in use by another launcher. Stop it first.")
        if both.stop_leftovers(_KIND):
            say("Stopped servers that an earlier, killed launcher had left behind.")
        home = open_home(_KIND)
        for folder in (home.postgres, home.redis, _KIND.files, _KIND.secrets):
            for path in (folder, folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.log")):
                _remove(path)
        say("The demo's data is removed. `make demo` makes a new one.")


def _serve(variables: Mapping[str, str], port: int) -> None:
    product.bring_up_to_date(variables)
    _make_world(variables)
    children = Children(_KIND.files / "logs")
    try:
        _start(children, variables, port)
        if not children.wait_until(lambda: answers(port, f"localhost:{port}"), _READY_SECONDS):
            raise LauncherError(f"The web server does not answer. Its log: {_KIND.files / 'logs' / 'web.log'}")
        _welcome(variables, port)
        children.wait()
    finally:
        say("Stopping.")
        with undisturbed():
            children.stop()


def _make_world(variables: Mapping[str, str]) -> None:
    """Make the demo's people and history once; the command goes on where an interrupted run stopped."""
    complete = _KIND.files / _mark_of_completion()
    if complete.exists():
        return
    say("Making the demo's world (only the first time).")
    product.manage(variables, "make_demo", show=True)
    complete.touch()


def _mark_of_completion() -> str:
    """Return the name of the file that says the world is made: one for our database, one for each of the user's."""
    own_server = os.environ.get("DATABASE_URL")
    return f"complete-{hashlib.sha256(own_server.encode()).hexdigest()[:12]}" if own_server else "complete"


def _start(children: Children, variables: Mapping[str, str], port: int) -> None:
    children.start("web", web_command(f"{LOOPBACK}:{port}"), {**variables, **WEB_VARIABLES})
    children.start("worker", worker_command(), {**variables, **WITHOUT_LOG_KEY})
    children.start("sealer", sealer_command(), variables)
    children.start("beat", beat_command(str(_KIND.files / "beat-schedule")), {**variables, **WITHOUT_LOG_KEY})


def _welcome(variables: Mapping[str, str], port: int) -> None:
    accounts = product.manage(variables, "demo_accounts").rstrip()
    print(f"\n{accounts}\n\n{_TO_TRY}\n\nLeadTrac runs at http://localhost:{port}   (Ctrl-C stops it)\n", flush=True)


def _check_port(port: int) -> None:
    if not is_free(port):
        raise LauncherError(
            f"Port {port} is in use by another program. Choose another one: make demo PORT={port + 1} "
            f"(or: python -m launcher demo --port {port + 1})."
        )


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the mark of a running demo; the system drops it however the launcher ends."""
    folder = var() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.running").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LauncherError("The demo of this checkout runs already. Stop it first (Ctrl-C).") from error
        yield


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

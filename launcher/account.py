"""The unprivileged account that the servers run as when the launcher itself runs as root.

PostgreSQL refuses to run as root. No account is created: an existing one is used.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from launcher.report import LauncherError

_CANDIDATES = ("postgres", "nobody")


class RunAs(TypedDict, total=False):
    """The keyword arguments of `subprocess` that drop privileges; empty when there is nothing to drop."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user id and group id of the operating system, or the launcher's own (`uid` is None)."""

    uid: int | None
    gid: int | None

    @property
    def run_as(self) -> RunAs:
        """Keyword arguments for `subprocess` that make a child run under this account."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make the account own a file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Say whether this account may use a folder, every parent included."""
        return self._succeeds(["test", "-x", str(folder)])

    def can_run(self, program: Path) -> bool:
        """Say whether this account may start a program that knows `--version`."""
        return self._succeeds([str(program), "--version"])

    def _succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(command, cwd="/", capture_output=True, check=False, **self.run_as)
        except PermissionError:
            return False
        return done.returncode == 0


def choose_account(owned: Path) -> Account:
    """Return the account for the servers.

    Where the data folder exists already, its owner stays the account: a server cannot read another user's data.
    Raises LauncherError when root has no unprivileged account to drop to.
    """
    if os.geteuid() != 0:
        return Account(None, None)
    if owned.exists() and (held := owned.stat()).st_uid != 0:
        return Account(held.st_uid, held.st_gid)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LauncherError(
        "PostgreSQL does not run as root, and this machine has neither a `postgres` nor a `nobody` account "
        "to run it as. Start LeadTrac as an ordinary user."
    )

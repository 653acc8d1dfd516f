"""The home of one kind of servers: who they run as, where their data lies, which programs they use."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from launcher.account import Account, choose_account
from launcher.binaries import Binaries, copy_binaries, find_binaries
from launcher.places import ROOT, Kind, var
from launcher.report import LauncherError, say

_ELSEWHERE = Path("/var/tmp")  # noqa: S108 -- survives a reboot; our folder in it belongs to root and is checked


@dataclass(frozen=True)
class Home:
    """Everything that the servers of one kind need to know about the machine."""

    kind: Kind
    account: Account
    base: Path
    binaries: Binaries

    @property
    def postgres(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.base / f"{self.kind.prefix}postgres"

    @property
    def redis(self) -> Path:
        """The data folder of Redis."""
        return self.base / f"{self.kind.prefix}redis"

    def write(self, path: Path, text: str) -> None:
        """Write a small file that only the servers' account may read."""
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        self.account.give(path)

    def make_folder(self, path: Path) -> None:
        """Make a folder that only the servers' account may enter."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.account.give(path)


def open_home(kind: Kind) -> Home:
    """Return the home of a kind, making `var/` where it is missing.

    As root, with a checkout that the unprivileged account may not enter (below /root, say), the data and a copy of
    the programs go to a folder in /var/tmp named after the checkout, and `var/data-folder` points to it.
    """
    base = var()
    base.mkdir(parents=True, exist_ok=True)
    pointer = base / "data-folder"
    found = find_binaries()
    account = choose_account(base / f"{kind.prefix}postgres")
    if account.uid is None:
        return Home(kind, account, base, found)
    if not pointer.exists() and account.can_enter(base) and account.can_run(found.postgres("postgres")):
        return Home(kind, account, base, found)
    elsewhere = _folder_elsewhere(base)
    if not pointer.exists():
        say(f"The servers' account may not enter {ROOT}: their data goes to {elsewhere}.")
        pointer.write_text(f"{elsewhere}\n", encoding="utf-8")
    account = choose_account(elsewhere / f"{kind.prefix}postgres")
    return Home(kind, account, elsewhere, copy_binaries(found, elsewhere))


def _folder_elsewhere(base: Path) -> Path:
    digest = hashlib.sha256(str(base).encode()).hexdigest()[:12]
    folder = _ELSEWHERE / f"leadtrac-{digest}"
    folder.mkdir(mode=0o755, exist_ok=True)
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid():
        raise LauncherError(f"{folder} belongs to someone else. Remove it, or move the checkout to a readable folder.")
    folder.chmod(0o755)
    return folder

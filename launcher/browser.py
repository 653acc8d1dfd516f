"""The Chromium that browser tests and screenshots drive."""

import os
import shutil
import subprocess
from pathlib import Path

from launcher.report import LauncherError, say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DEBIAN_LINE = "apt-get update && apt-get install -y --no-install-recommends chromium"


def find() -> str | None:
    """Return the path of a Chromium: `LEADTRAC_CHROMIUM`, or one on the PATH; None where there is none."""
    named = os.environ.get("LEADTRAC_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in _NAMES:
        found = shutil.which(name)
        if found and "snap" not in Path(found).resolve().as_posix():  # a snap cannot be driven as root
            return found
    return None


def install() -> None:
    """See to it that there is a Chromium; raises LauncherError with the line that installs it where it may not."""
    if find() is not None:
        return
    if not (_is_debian() and os.geteuid() == 0):
        line = f"sudo sh -c '{_DEBIAN_LINE}'" if _is_debian() else "install Chromium with your package manager"
        raise LauncherError(
            f"The browser tests need Chromium, and none was found. Install it, or name one in LEADTRAC_CHROMIUM:\n    {line}"
        )
    say("Installing Chromium (apt).")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["/bin/sh", "-c", _DEBIAN_LINE], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0 or find() is None:
        lines = "\n".join(f"    {line}" for line in (done.stdout + done.stderr).splitlines()[-8:])
        raise LauncherError(f"Chromium could not be installed with: {_DEBIAN_LINE}\n{lines}")


def _is_debian() -> bool:
    """Debian itself: Ubuntu's package of that name is only a pointer to a snap."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return "ID=debian" in lines and shutil.which("apt-get") is not None

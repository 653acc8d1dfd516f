"""The Chromium that browser tests and screenshots drive."""

import os
import shutil
import subprocess
from pathlib import Path

from launcher.report import LauncherError, say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FONT = "fonts-droid-fallback"  # 2 MB for Chinese, Japanese and Korean names; a person's own machine has such fonts
_DEBIAN_LINE = f"apt-get update && apt-get install -y --no-install-recommends chromium {_FONT}"


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


def lacks_a_font() -> str:
    """What to do about names in Chinese script, which a picture would show as boxes; empty where a font draws them."""
    lister = shutil.which("fc-list")
    if lister is None or subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip():
        return ""
    hint = f"sudo apt-get install -y {_FONT}" if _is_debian() else "install a font for Chinese with your package manager"
    return f"No font here draws Chinese: such names are boxes in screenshots until you run: {hint}"


def install() -> None:
    """See to it that there is a Chromium; raises LauncherError with the line that installs it where it may not."""
    if find() is not None:
        if lack := lacks_a_font():
            say(lack)
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

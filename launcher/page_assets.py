"""The page assets in `node_modules`, from the npm lock file. No script of any package is run."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from launcher import python_packages
from launcher.places import ROOT, var
from launcher.report import LauncherError, say

_MODULES = ROOT / "node_modules"
_STAMP = _MODULES / ".leadtrac-lock"
_LOCKS = ("package-lock.json", ".npmrc")
_OLDEST_NPM = 7  # the first that reads lock file version 3


def install() -> None:
    """Make `node_modules` hold what the lock file says; returns at once when it does already."""
    wanted = hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in _LOCKS)).hexdigest()
    if _STAMP.exists() and _STAMP.read_text(encoding="utf-8").strip() == wanted:
        return
    npm = _system_npm() or _npm_of_our_own()
    say("Installing the page assets (npm ci).")
    _STAMP.unlink(missing_ok=True)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    path = f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LauncherError(_why(done.stdout + done.stderr))
    _STAMP.write_text(f"{wanted}\n", encoding="utf-8")


def _system_npm() -> str | None:
    npm = shutil.which("npm")
    if npm is None:
        return None
    done = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = done.stdout.strip().partition(".")[0]
    return npm if done.returncode == 0 and major.isdigit() and int(major) >= _OLDEST_NPM else None


def _npm_of_our_own() -> str:
    """Return the npm of a Node.js wheel in an environment of its own, making it at the first call."""
    folder = var() / "node-environment"
    npm = folder / "bin" / "npm"
    if not npm.exists():
        say("This machine has no npm: fetching Node.js as a Python package.")
        python_packages.make_venv(folder)
        python_packages.install_locked(folder / "bin" / "python", ROOT / "requirements" / "node.txt")
    return str(npm)


def _why(output: str) -> str:
    if "ENOSPC" in output:
        return "The disk is full: the page assets could not be installed. Free about 300 MB and start again."
    if "EACCES" in output or "EROFS" in output:
        return f"{ROOT} is not writable for this user: the page assets could not be installed."
    lines = "\n".join(f"    {line}" for line in output.splitlines()[-12:])
    return f"The page assets could not be installed (npm ci). Its last lines:\n{lines}"

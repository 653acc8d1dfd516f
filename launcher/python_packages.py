"""The Python environment `.venv`, filled from a hash-locked list."""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.places import ROOT
from launcher.report import LauncherError, say

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
_STAMP = VENV / "leadtrac-lock"
YARDSTICKS = ROOT / ".venv-bench"
_REPORT_EVERY = 10
_KEPT_LINES = 15


def install(lock: Path) -> None:
    """Make `.venv` hold the packages of a lock file; returns at once when it does already.

    The stamp lies inside the environment, so that it goes when the environment goes. Everything in `base.txt` is in
    `dev.txt` too, so an environment with the development packages also serves the demo.
    """
    if _works(VENV_PYTHON) and _STAMP.exists():
        held = _STAMP.read_text(encoding="utf-8").split()
        if digest(lock) in held or digest(lock.with_name("dev.txt")) in held:
            return
    make_venv(VENV)
    _STAMP.unlink(missing_ok=True)
    install_locked(VENV_PYTHON, lock)
    _STAMP.write_text(f"{digest(lock)}\n", encoding="utf-8")


def install_yardsticks() -> None:
    """Make `.venv-bench` hold the tools with which the benchmark compares; returns at once when it does already."""
    lock, stamp = ROOT / "requirements" / "bench.txt", YARDSTICKS / "leadtrac-lock"
    if stamp.exists() and stamp.read_text(encoding="utf-8").strip() == digest(lock):
        return
    make_venv(YARDSTICKS)
    install_locked(YARDSTICKS / "bin" / "python", lock)
    stamp.write_text(f"{digest(lock)}\n", encoding="utf-8")


def digest(lock: Path) -> str:
    """Return the SHA-256 of a lock file, in hexadecimal."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def make_venv(folder: Path) -> None:
    """Make a virtual environment with pip, or mend one that does not work."""
    python = folder / "bin" / "python"
    if _works(python) and _succeeds([str(python), "-m", "pip", "--version"]):
        return
    _check_venv_modules()
    say(f"Making the Python environment {folder.name}.")
    if _works(python) and _succeeds([str(python), "-m", "ensurepip"]):
        return
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise LauncherError(_why(done.stdout + done.stderr, f"The environment {folder} could not be made."))


def install_locked(python: Path, lock: Path) -> None:
    """Install a lock file with pip, hashes required, saying how far it is."""
    total = sum(1 for line in lock.read_text(encoding="utf-8").splitlines() if "==" in line)
    say(f"Installing {total} Python packages ({lock.name}).")
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "--root-user-action", "ignore", "-r", str(lock)]
    collected, last = 0, list[str]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            last = [*last, line.rstrip()][-_KEPT_LINES:]
            if line.startswith(("Collecting ", "Processing ")):
                collected += 1
                if collected % _REPORT_EVERY == 0:
                    say(f"  {collected} of {total} fetched")
            elif line.startswith("Installing collected packages"):
                say("  unpacking")
    if process.returncode != 0:
        raise LauncherError(_why("\n".join(last), "The Python packages could not be installed."))


def _check_venv_modules() -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise LauncherError(
            "This Python cannot make environments: its venv module is missing. "
            f"On Debian or Ubuntu: sudo apt-get install -y python{version}-venv"
        )


def _works(python: Path) -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
    return _succeeds([str(python), "-c", check])


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _why(output: str, sentence: str) -> str:
    if "No space left on device" in output:
        return f"The disk is full. {sentence} It needs about 1 GB; free some space and start again."
    if "Read-only file system" in output or "Permission denied" in output:
        return f"{ROOT} is not writable for this user. {sentence}"
    if "Could not find a version" in output or "Connection" in output or "resolve" in output:
        sentence += " The package index did not answer or lacks a package: is this machine online?"
    return f"{sentence} The last lines of pip:\n" + "\n".join(f"    {line}" for line in output.splitlines())

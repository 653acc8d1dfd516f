"""The first stage: makes everything that the other stages need. Runs on a bare Python, before any environment exists.

    python3 -m launcher.bootstrap [--lock dev|base] [--browser] [--yardsticks]

Makes `.venv` with the hash-locked packages and `node_modules` with the locked page assets, each skipped while its
lock has not changed; with `--browser` it also sees to Chromium.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- the whole point: this file also starts on an older Python
    sys.exit("LeadTrac needs Python 3.11 or newer. Name one: make demo PYTHON=python3.12")

import argparse
import platform
import sysconfig

from launcher import browser, page_assets, python_packages
from launcher.places import ROOT, var
from launcher.report import LauncherError, explain


def main(arguments: list[str]) -> int:
    """Make what is missing and return the exit code; every failure is one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python3 -m launcher.bootstrap", description="Make what LeadTrac needs.")
    parser.add_argument("--lock", choices=("dev", "base"), default="dev", help="which locked packages to install")
    parser.add_argument("--yardsticks", action="store_true", help="also the tools with which the benchmark compares")
    parser.add_argument("--browser", action="store_true", help="also see to a Chromium for the browser tests")
    options = parser.parse_args(arguments)
    try:
        _check_machine()
        var().mkdir(parents=True, exist_ok=True)
        python_packages.install(ROOT / "requirements" / f"{options.lock}.txt")
        page_assets.install()
        if options.yardsticks:
            python_packages.install_yardsticks()
        if options.browser:
            browser.install()
    except LauncherError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{explain(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def _check_machine() -> None:
    if sys.platform not in ("linux", "darwin"):
        raise LauncherError(f"LeadTrac starts on Linux and macOS, not on {platform.system()}. On Windows, use WSL 2 or docker compose.")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise LauncherError("This is a free-threaded Python; the locked packages need the ordinary one.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The launcher's commands: `python -m launcher COMMAND --help`."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from launcher import servers as both
from launcher.environment import database_name, environment, own_environment
from launcher.places import KINDS, Kind
from launcher.report import LauncherError, explain, say

_HERE = Path(__file__).parent

def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; every failure is a sentence on standard error."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except LauncherError as error:
        print(f"\n{error}", file=sys.stderr)
    except OSError as error:
        print(f"\n{explain(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m launcher", description="Start LeadTrac and its servers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, help_text in (
        ("up", _up, "start the servers and leave them running"),
        ("down", _down, "stop servers that `up` left running"),
        ("env", _env, "print `export` lines for the running servers"),
        ("services", _services, "start the servers, run a command with their environment, stop them"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("--kind", choices=sorted(KINDS), default="demo")
        command.set_defaults(run=run)
        if name == "services":
            command.add_argument("words", nargs=argparse.REMAINDER, metavar="-- CMD ...")
    roles = commands.add_parser("print-roles-sql", help="print the SQL that an administrator runs on your own server")
    roles.set_defaults(run=_print_roles_sql)
    return parser


def _kind(options: argparse.Namespace) -> Kind:
    return KINDS[options.kind]


def _up(options: argparse.Namespace) -> int:
    running = both.up(_kind(options))
    _make_private_database(running)
    say(f"The {options.kind} servers run. Stop them: python -m launcher down --kind {options.kind}")
    return 0


def _down(options: argparse.Namespace) -> int:
    both.down(_kind(options))
    say(f"The {options.kind} servers are stopped.")
    return 0


def _env(options: argparse.Namespace) -> int:
    running = both.running(_kind(options))
    _make_private_database(running)
    for name, value in own_environment(running).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _services(options: argparse.Namespace) -> int:
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise LauncherError("Say what to run: python -m launcher services -- COMMAND ...")
    with both.servers(_kind(options)) as running:
        _make_private_database(running)
        return subprocess.run(words, env={**os.environ, **environment(running)}, check=False).returncode


def _make_private_database(running: both.Servers) -> None:
    name = database_name()
    if running.postgres is not None and name != "leadtrac":
        running.postgres.run_sql(
            "postgres",
            f"SELECT 'CREATE DATABASE {name} OWNER leadtrac_owner' "
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')\n\\gexec\n",
            {},
        )


def _print_roles_sql(_options: argparse.Namespace) -> int:
    print((_HERE / "roles.sql").read_text(encoding="utf-8"))
    print("\\connect leadtrac\n")
    print((_HERE / "database.sql").read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))

"""The launcher's commands: `python -m launcher COMMAND --help`."""

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from launcher import demo, testing
from launcher import servers as both
from launcher.bill import bill_of_materials
from launcher.children import foreground
from launcher.environment import DEFAULT_WEB_PORT, database_name, environment, own_environment
from launcher.keys import make_compose_secrets
from launcher.places import KINDS, Kind
from launcher.report import LauncherError, explain, say
from launcher.signals import StopRequestedError, stop_signals

_HERE = Path(__file__).parent
_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; every failure is a sentence on standard error."""
    options = _options(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        with stop_signals():
            return run(options)
    except LauncherError as error:
        print(f"\n{error}", file=sys.stderr)
    except OSError as error:
        print(f"\n{explain(error)}", file=sys.stderr)
    except StopRequestedError:
        say("Everything is stopped.")
        return _INTERRUPTED
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m launcher", description="Start LeadTrac and its servers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], help_text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, allow_abbrev=False)
        command.set_defaults(run=run)
        return command

    for name, run, help_text in (
        ("up", _up, "start the servers and leave them running"),
        ("down", _down, "stop servers that `up` left running"),
        ("env", _env, "print `export` lines for the running servers"),
        ("services", _services, "start the servers, run a command with their environment, stop them"),
    ):
        command = add(name, run, help_text)
        command.add_argument("--kind", choices=sorted(KINDS), default="demo", help="whose servers (default: demo)")
        if name == "services":
            command.add_argument("words", nargs=argparse.REMAINDER, metavar="-- CMD ...")
    served = add("demo", _demo, "serve the demo until Ctrl-C")
    served.add_argument("--port", type=int, default=DEFAULT_WEB_PORT, help="the web server's port (default: 8000)")
    add("demo-reset", _demo_reset, "remove the demo's data")
    tests = add("test", _test, "run pytest on test servers")
    size = tests.add_mutually_exclusive_group()
    for selection in ("quick", "proof"):
        size.add_argument(f"--{selection}", action="store_const", const=selection, dest="selection", default="usual")
    for command in (tests, add("bench", _bench, "run the benchmark on durable servers")):
        command.add_argument("words", nargs=argparse.REMAINDER, metavar="ARGS", help="handed on as they are")
    add("print-roles-sql", _print_roles_sql, "print the SQL that an administrator runs on your own server")
    add("bill", _bill, "print the bill of materials (CycloneDX)")
    add("make-secrets", _make_secrets, "make the secrets that docker-compose.yml mounts")
    return parser


def _options(arguments: list[str]) -> argparse.Namespace:
    """Options that come first among the words handed on (`make test ARGS="--durations=9"`) are no options of ours."""
    parser = _parser()
    options, leading = parser.parse_known_args(arguments)
    if leading and options.run not in {_test, _bench}:
        parser.error(f"unrecognized arguments: {' '.join(leading)}")
    if leading:
        options.words = [*leading, *options.words]
    return options


def _bill(options: argparse.Namespace) -> int:
    print(json.dumps(bill_of_materials(), indent=1))
    return 0


def _kind(options: argparse.Namespace) -> Kind:
    return KINDS[options.kind]


def _up(options: argparse.Namespace) -> int:
    _make_private_database(both.up(_kind(options)))
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
    words = _without_dashes(options.words)
    if not words:
        raise LauncherError("Say what to run: python -m launcher services -- COMMAND ...")
    with both.servers(_kind(options)) as running:
        _make_private_database(running)
        return foreground(words, environment(running))


def _demo(options: argparse.Namespace) -> int:
    demo.run(options.port)
    return 0


def _demo_reset(_options: argparse.Namespace) -> int:
    demo.reset()
    return 0


def _test(options: argparse.Namespace) -> int:
    return testing.run_tests(options.selection, _without_dashes(options.words))


def _bench(options: argparse.Namespace) -> int:
    return testing.run_benchmark(_without_dashes(options.words))


def _print_roles_sql(_options: argparse.Namespace) -> int:
    print((_HERE / "roles.sql").read_text(encoding="utf-8"))
    print("\\connect leadtrac\n")
    print((_HERE / "database.sql").read_text(encoding="utf-8"))
    return 0


def _make_secrets(_options: argparse.Namespace) -> int:
    say(f"The secrets for docker compose are in {make_compose_secrets()}.")
    return 0


def _make_private_database(running: both.Servers) -> None:
    if running.postgres is not None:
        running.postgres.make_database(database_name())


def _without_dashes(words: list[str]) -> list[str]:
    return words[1:] if words[:1] == ["--"] else words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

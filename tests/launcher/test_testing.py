"""What `make test` and `make proof` hand to pytest, and what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from launcher import servers, testing
from launcher.__main__ import main

NONE_SELECTED = 5


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[list[str]], list[int]]]:
    """The commands that were run, and the exit codes that they will give."""
    commands: list[list[str]] = []
    codes: list[int] = []

    @contextmanager
    def no_servers(_kind: object) -> Iterator[None]:
        yield

    def run(command: Sequence[str], _variables: Mapping[str, str]) -> int:
        commands.append(list(command))
        return codes.pop(0)

    monkeypatch.setattr(servers, "servers", no_servers)
    monkeypatch.setattr(testing, "environment", lambda _running: {})
    monkeypatch.setattr(testing, "foreground", run)
    yield commands, codes


@pytest.mark.parametrize(
    ("codes", "answer"),
    [([0, 0], 0), ([1, 0], 1), ([0, 1], 1), ([0, NONE_SELECTED], 0), ([NONE_SELECTED, 1], 1), ([NONE_SELECTED] * 2, NONE_SELECTED)],
)
def test_what_measures_time_runs_after_the_rest_and_both_must_pass(
    runs: tuple[list[list[str]], list[int]], codes: list[int], answer: int
) -> None:
    commands, to_give = runs
    to_give[:] = codes

    assert testing.run_tests("proof", ["--durations=3"]) == answer

    beside, alone = commands
    assert "proof and not alone" in beside
    assert alone[alone.index("-n") + 1] == "0"
    assert "proof and alone" in alone
    assert beside[-1] == alone[-1] == "--durations=3"


def test_the_usual_run_is_one_and_holds_no_proof(runs: tuple[list[list[str]], list[int]]) -> None:
    commands, codes = runs
    codes[:] = [0]

    assert testing.run_tests("usual", []) == 0

    assert ["not proof" in command for command in commands] == [True]


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        ([], True),
        (["-x"], True),
        (["tests/leads"], False),
        (["-x", "tests/leads/test_a.py"], False),
        (["-k", "office"], False),
    ],
)
def test_the_quick_run_leaves_out_what_needs_a_database_unless_tests_are_named(
    runs: tuple[list[list[str]], list[int]], words: list[str], *, left_out: bool
) -> None:
    commands, codes = runs
    codes[:] = [0]

    assert testing.run_tests("quick", words) == 0

    (command,) = commands
    chosen = command[command.index("-m", command.index("pytest")) + 1]
    assert ("not database" in chosen) is left_out
    assert "not slow and not journey and not proof" in chosen


@pytest.mark.parametrize(
    "words", [["--durations=3"], ["-x", "tests/leads"], ["tests/leads", "-k", "office"], ["-k", "office", "tests/leads"]]
)
def test_options_reach_pytest_wherever_they_stand(runs: tuple[list[list[str]], list[int]], words: list[str]) -> None:
    commands, codes = runs
    codes[:] = [0]

    assert main(["test", *words]) == 0

    assert commands[0][-len(words) :] == words


def test_a_command_that_hands_nothing_on_knows_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo-reset", "--all"])

    assert "unrecognized arguments: --all" in capsys.readouterr().err


@pytest.mark.django_db
def test_what_uses_a_database_carries_the_mark(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database")


def test_what_uses_none_does_not(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("database")

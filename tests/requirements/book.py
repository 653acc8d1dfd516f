"""A book of numbered requirements: which tests prove which, and the page that says so.

A test names what it proves with a mark: `@pytest.mark.check(12)` or `@pytest.mark.requirement("R7")`. The marks are read from
the source files, not from a run, so that a page can be compared in a second.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_EXCEPTIONS = 5


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a book. `note` says what is decided where the source leaves a choice."""

    key: str
    words: str
    threshold: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A page under `docs/`: its requirements, and the parts of them that no test here can prove, each with its reason."""

    page: str
    mark: str
    head: str
    requirements: tuple[Requirement, ...]
    exceptions: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Where the page lies."""
        return ROOT / "docs" / self.page


def proofs(mark: str) -> dict[str, list[str]]:
    """For each key that `mark` names anywhere under `tests/`: the tests that carry it, as `path::name`, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, marks in _marked(path):
            for key in marks.get(mark, ()):
                found[key].append(f"{path.relative_to(ROOT)}::{name}")
    return dict(found)


def problems(book: Book) -> list[str]:
    """What is wrong with a book, in sentences; empty when every requirement has its test."""
    proved = proofs(book.mark)
    keys = [each.key for each in book.requirements]
    said = [f"{key} stands twice in {book.page}" for key in {key for key in keys if keys.count(key) > 1}]
    said += [f"{key} of {book.page} has no test" for key in keys if key not in proved and key not in book.exceptions]
    said += [f"{tests[0]} proves {key}, which {book.page} does not know" for key, tests in proved.items() if key not in keys]
    said += [f"the exception {key} of {book.page} is of no requirement" for key in book.exceptions if key not in keys]
    if len(book.exceptions) > MOST_EXCEPTIONS:
        said.append(f"{book.page} has {len(book.exceptions)} exceptions; {MOST_EXCEPTIONS} are the most")
    return said


def page_of(book: Book) -> str:
    """The page in Markdown."""
    proved = proofs(book.mark)
    lines = [book.head.strip(), "", "| # | what | threshold | source | proved by |", "|---|---|---|---|---|"]
    for each in book.requirements:
        tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in proved.get(each.key, ["no test"]))
        threshold = f"{each.threshold}. *{each.note}*" if each.note else each.threshold
        lines.append(f"| {each.key} | {each.words} | {threshold} | {each.source} | {tests} |")
    if book.exceptions:
        lines += ["", "## What no test here proves", "", "| # | what is left, and why |", "|---|---|"]
        lines += [f"| {key} | {why} |" for key, why in book.exceptions.items()]
    return "\n".join(lines) + "\n"


@cache
def _marked(path: Path) -> tuple[tuple[str, dict[str, tuple[str, ...]]], ...]:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return tuple(_tests(tree.body, _of_module(tree.body)))


def _of_module(body: list[ast.stmt]) -> list[ast.expr]:
    """The marks that a module gives to all its tests."""
    for statement in body:
        if isinstance(statement, ast.Assign) and any(isinstance(name, ast.Name) and name.id == "pytestmark" for name in statement.targets):
            return statement.value.elts if isinstance(statement.value, ast.List) else [statement.value]
    return []


def _tests(body: list[ast.stmt], inherited: list[ast.expr]) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test_"):
            yield statement.name, _keys([*inherited, *statement.decorator_list])
        elif isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"):
            yield from _tests(statement.body, [*inherited, *statement.decorator_list])


def _keys(marks: list[ast.expr]) -> dict[str, tuple[str, ...]]:
    """`{mark: keys}` of every `pytest.mark.NAME(key, ...)` among decorators."""
    found: dict[str, tuple[str, ...]] = {}
    for each in marks:
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and ast.unparse(each.func.value) == "pytest.mark":
            keys = tuple(str(argument.value) for argument in each.args if isinstance(argument, ast.Constant))
            found[each.func.attr] = found.get(each.func.attr, ()) + keys
    return found

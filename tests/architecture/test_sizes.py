"""Nothing is longer than one can read at one go."""

from __future__ import annotations

import ast
import os
from pathlib import Path

from django.conf import settings

FILE_LINES, FUNCTION_LINES = 400, 40
ALONE = {"verifier/verify_log.py"}  # one file, so that an outsider can take it along and read it whole
MADE = {"migrations", "node_modules", "var"}  # and whatever begins with a dot: environments, caches


def ours() -> list[Path]:
    """Our sources. Other folders are never entered: servers make and remove files in them meanwhile."""
    found = []
    for folder, inner, files in os.walk(settings.BASE_DIR):
        inner[:] = [name for name in inner if name not in MADE and not name.startswith(".")]
        found += [Path(folder) / name for name in files if name.endswith(".py")]
    return sorted(found)


def test_no_file_is_longer_than_400_lines() -> None:
    found = {str(path.relative_to(settings.BASE_DIR)): len(path.read_text(encoding="utf-8").splitlines()) for path in ours()}

    assert len(found) > 500, "every file is looked at"
    assert {name for name, lines in found.items() if lines > FILE_LINES} == ALONE


def test_no_function_is_longer_than_40_lines() -> None:
    long = []
    for path in ours():
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES:
                long.append(f"{path.relative_to(settings.BASE_DIR)}: {node.name}")
    assert long == []

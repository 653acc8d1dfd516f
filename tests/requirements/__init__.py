"""Numbered requirements, each proved by named tests: `python -m tests.requirements` writes their pages (`--check`: only compare)."""

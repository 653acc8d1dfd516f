"""The keyed hash of an organization's code: what finds the sealed lead of a school or a program."""

from __future__ import annotations

from audit.keys import indexer

OWN_NUMBER, ORGANIZATION_CODE = "lead", "organization"  # how a sealed record is asked for, beside the kinds of numbers of people


def code_index(code: str) -> int:
    """Of a code however it is written: signs and the size of letters do not count."""
    return indexer().of_kind("organization code:")("".join(filter(str.isalnum, code.upper())))

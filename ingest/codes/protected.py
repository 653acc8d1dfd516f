"""Which filings, classes and visas mark somebody as a protected person. One reading for the airlock, the rules and the desk.

8 USC 1367 (authorities.md 1367-WHO): T and U, VAWA self-petitions (I-360, the I-751 waiver of a battered spouse, and others),
from the day of filing; a denial alone does not end it (1367-DISC). 8 CFR 208.6 (ASYL-CONF): asylum. An I-360 is read as
protected whatever its basis, and a spelling never decides: who is shut in by mistake is let out by two people
(docs/adr/0026), who is let out by mistake is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ingest.codes.admission_classes import VICTIM_CLASSES

_FORMS = frozenset({"I914", "I914A", "I918", "I918A", "I929", "I360", "I589"})
_BASES = frozenset({"T", "U", "T VISA", "U VISA"})
_WORDS = frozenset({"VAWA", "ASYLUM", "BATTERED", "ABUSED", "TRAFFICKING"})
_VICTIMS = VICTIM_CLASSES | {"T", "U"}
_SEPARATORS = re.compile(r"[^A-Z0-9]+")
_CELL = re.compile(r'[,"\r\n]+')


@lru_cache(maxsize=4096)
def is_victim_class(code: str) -> bool:
    """Whether a class of admission or of visa is T or U, however it is written (`T-1`, `u1`)."""
    return _SEPARATORS.sub("", code.upper()) in _VICTIMS


def is_protected(*, form: str = "", basis: str = "", requested_class: str = "") -> bool:
    """Whether a filing opens the compartment of protected persons."""
    return _SEPARATORS.sub("", form.upper()) in _FORMS or _is_basis(basis) or is_victim_class(requested_class)


def may_be_protected(cells: Iterable[str]) -> bool:
    """Whether any of these cells would open the compartment, in whatever column it stands: for a row that nobody can read yet.

    A single letter does not: too many columns hold one.
    """
    return any(is_protected(form=cell, basis=cell, requested_class=cell) for cell in cells if len(cell.strip()) > 1)


def text_may_be_protected(text: str) -> bool:
    """The same for a row that cannot be split into cells."""
    return may_be_protected(_CELL.split(text))


@lru_cache(maxsize=4096)
def _is_basis(text: str) -> bool:
    words = _SEPARATORS.sub(" ", text.upper()).split()
    return " ".join(words) in _BASES or not _WORDS.isdisjoint(words)

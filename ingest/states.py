"""The states of an extract and of its parts."""

from __future__ import annotations

from django.db import models


class ExtractState(models.TextChoices):
    """received -> staged -> checked -> applied, or refused."""

    RECEIVED = "received", "received"
    STAGED = "staged", "staged"
    CHECKED = "checked", "checked"
    APPLYING = "applying", "being applied"
    APPLIED = "applied", "applied"
    REFUSED = "refused", "refused"
    UNIMPORTED = "unimported", "un-imported"


class Wanted(models.TextChoices):
    """What a person asked for and a worker still owes."""

    APPLY = "apply", "apply"
    PREVIEW = "preview", "preview"
    UNIMPORT = "unimport", "un-import"


class PartState(models.TextChoices):
    """All parts of a file are staged together; each is applied in a transaction of its own."""

    WAITING = "waiting", "waiting"
    STAGED = "staged", "staged"
    APPLIED = "applied", "applied"


class RowState(models.TextChoices):
    """What became of a source row."""

    STAGED = "staged", "staged"
    APPLIED = "applied", "applied"
    UNCHANGED = "unchanged", "unchanged"
    BUFFERED = "buffered", "buffered"


class Foreseen(models.TextChoices):
    """What applying one row would do, where it does anything."""

    CHANGES = "changes", "changes what the record says"
    NEW_PERSON = "person", "makes a record of a person"
    NEW_RECORD = "record", "is a new record of somebody known here"
    LATE = "late", "is older than what is here, goes into its history"
    UNUSABLE = "unusable", "could not be used, goes into quarantine"


LEGAL_EXTRACT_MOVES: dict[str, frozenset[str]] = {
    ExtractState.RECEIVED: frozenset({ExtractState.STAGED, ExtractState.REFUSED}),
    ExtractState.STAGED: frozenset({ExtractState.CHECKED, ExtractState.REFUSED}),
    ExtractState.CHECKED: frozenset({ExtractState.APPLYING, ExtractState.REFUSED}),
    ExtractState.APPLYING: frozenset({ExtractState.APPLIED}),
    ExtractState.APPLIED: frozenset({ExtractState.UNIMPORTED}),
    ExtractState.REFUSED: frozenset(),
    ExtractState.UNIMPORTED: frozenset(),
}

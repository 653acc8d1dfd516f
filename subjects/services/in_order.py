"""The order in which subjects are locked, so that no two wait for each other: after the one writer, before leads, by id.

Whoever judges people holds them in this order while a load brings them up to date. The locks let others name a subject by a
foreign key: who writes a decision or a doubt looks at it only when committing.
"""

from __future__ import annotations

from collections.abc import Iterable

from foundation.copying import rows_by_keys

_HOLD = """
SELECT s.id FROM {wanted} CROSS JOIN LATERAL (
    SELECT s.id FROM subjects_subject s WHERE s.id = wanted.key OFFSET 0 FOR NO KEY UPDATE) s
"""


def hold_subjects(subjects: Iterable[int]) -> None:
    """Lock these subjects until the transaction ends."""
    if wanted := sorted(set(subjects)):
        rows_by_keys(_HOLD, wanted)

"""What people attached, on its way out: how many records a batch can carry, and when the files in the folder go.

A package holds the content, so the files of the folder go when it is committed. A worker killed between the two leaves files
that no row knows, which the sweep removes (`leads.services.attachments.sweep_stray`); their key goes with the record.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Sum

from leads.models import Attachment
from leads.papers.folder import FOLDER
from retention.models import DispositionItem

BATCH_BYTES = 64_000_000  # of attachments: a batch holds its packages in memory


def within_memory(items: Sequence[DispositionItem]) -> list[DispositionItem]:
    """The first of the items whose attachments together stay below `BATCH_BYTES`, one at least; the others wait for their turn."""
    sizes = dict(
        Attachment.objects.filter(lead__uuid__in=[item.lead_uuid for item in items])
        .values_list("lead__uuid")
        .annotate(total=Sum("size_bytes"))
    )
    taken: list[DispositionItem] = []
    total = 0
    for item in items:
        total += sizes.get(item.lead_uuid, 0)
        if taken and total > BATCH_BYTES:
            break
        taken.append(item)
    return taken


def remove_loose(names: Sequence[str]) -> None:
    """Take the files of attachments away that a committed package holds."""
    for name in names:
        FOLDER.remove(name)

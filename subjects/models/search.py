"""A person search: its terms sealed, opened by its owner alone, for a few hours."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import User


class PersonSearch(models.Model):
    """What somebody looked for. The address of the results carries this row's random id and nothing else."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()  # the terms, under the key of the day's searches
    scope = models.UUIDField()  # whose key that is
    purpose_kind = models.CharField(max_length=40)
    purpose_uuid = models.UUIDField(null=True)
    searched_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("searched_at")), name="search_expires_later"),
        ]

    class Sensitivity:
        internal = ("id", "uuid", "owner", "scope", "purpose_kind", "purpose_uuid", "searched_at", "expires_at", "recorded_at")
        restricted = ("sealed",)

    def __str__(self) -> str:
        return f"search {self.uuid}"

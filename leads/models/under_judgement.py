"""Who is being judged at the moment, and over whom judging broke off."""

from __future__ import annotations

from django.db import models


class UnderJudgement(models.Model):
    """A person whom a worker has begun to judge: written before, deleted with the judgement.

    A row that stays tells that the worker ended in between. `alone`: the person has been taken by itself since, so that it is
    this person over whom judging breaks off.
    """

    subject_key = models.BigIntegerField(primary_key=True)  # no foreign key: it must not hold up a merge or a destruction
    since = models.DateTimeField()  # first begun
    begun_at = models.DateTimeField()  # last begun
    alone = models.BooleanField(default=False)

    class Sensitivity:
        internal = ("subject_key", "since", "begun_at", "alone")

    def __str__(self) -> str:
        return f"under judgement {self.pk}"

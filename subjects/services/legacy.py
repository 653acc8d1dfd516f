"""People of the legacy system: taken over once, with what the old record said of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import class_for
from ingest.facts import Identifier
from ingest.identifiers import normalize
from subjects.identifiers import identifier_key, last_four, seal_identifier
from subjects.matching.pool import one_writer
from subjects.models import IdentifierFact, NameFact, Subject
from subjects.search.names import name_key

SOURCE = "legacy"


@dataclass(frozen=True, slots=True)
class LegacyPerson:
    """The person of one legacy record."""

    record_number: str
    family_name: str
    given_name: str
    full_name_source_script: str
    date_of_birth: date | None
    sex: str
    citizenship_iso3: str
    identifiers: tuple[Identifier, ...]
    stated_on: date  # the day on which the legacy record was created


def legacy_key(record_number: str) -> int:
    """The keyed hash of a legacy record's number."""
    return identifier_key(SOURCE, record_number)


@transaction.atomic
def take_over_person(*, actor: User, person: LegacyPerson, now: datetime) -> Subject:
    """Create the subject of one legacy record with its name and numbers as facts of source `legacy`.

    Runs in the caller's transaction, which also creates the lead; the caller makes sure that a record comes once.
    """
    require(actor, Permission.SERVICE)
    one_writer()  # it brings numbers of a person
    class_id = class_for(audience="hq")
    key = name_key(person.family_name, person.given_name, person.full_name_source_script)
    names = {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "full_name_source_script": person.full_name_source_script,
        "name_key": key,
        "date_of_birth": person.date_of_birth,
        "sex": person.sex,
    }
    subject = Subject.objects.create(access_class_id=class_id, citizenship=person.citizenship_iso3, touched_at=now, **names)
    common = {
        "subject": subject,
        "access_class_id": class_id,
        "source": SOURCE,
        "as_of": person.stated_on,
        "record_key": legacy_key(person.record_number),
        "known_at": now,
    }
    NameFact.objects.create(uuid=uuid.uuid4(), citizenship_iso3=person.citizenship_iso3, **common, **names)
    IdentifierFact.objects.bulk_create(
        IdentifierFact(
            kind=identifier.kind,
            blind_index=identifier_key(identifier.kind, normalize(identifier.kind, identifier.value), identifier.country),
            sealed=seal_identifier(identifier.kind, normalize(identifier.kind, identifier.value)),
            last_four=last_four(identifier.value),
            country=identifier.country,
            **common,
        )
        for identifier in person.identifiers
    )
    return subject

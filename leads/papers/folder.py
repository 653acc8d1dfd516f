"""The content of attached files under `ATTACHMENT_DIR`: sealed under the lead's key, each for its own row alone.

The file is whole on the disk before its row is committed, so a row always has its file; a writer who is killed between the two
leaves a file that no row knows, which `leads.services.attachments.sweep_stray` removes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from audit.keys import data_key
from foundation.crypto import DecryptionError, seal, unseal
from foundation.sealed_files import SealedFolder
from leads.sealing import PURPOSE

FOLDER = SealedFolder("ATTACHMENT_DIR")


class FileLost(LookupError):
    """A row's file is missing or does not open."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one attachment's content lies, and for which row it was sealed."""

    lead: UUID
    attachment: UUID
    name: str

    @property
    def context(self) -> bytes:
        """Binds the content to its lead and its row: a file put in another one's place does not open."""
        return self.lead.bytes + self.attachment.bytes


def keep(lead: UUID, attachment: UUID, content: bytes) -> str:
    """Seal the content and write it to the disk; returns the random name of its file."""
    place = Place(lead, attachment, secrets.token_hex(16))
    sealed = seal(data_key(lead, purpose=PURPOSE), content, place.context)
    FOLDER.write_many({place.name: sealed})
    return place.name


def content_at(place: Place, key: bytes) -> bytes:
    """The content, opened with the lead's key; raises `FileLost`."""
    try:
        return unseal(key, FOLDER.read(place.name), place.context)
    except (FileNotFoundError, DecryptionError) as error:
        message = "the file of an attachment is missing or does not open"
        raise FileLost(message) from error

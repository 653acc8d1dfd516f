"""Signed checkpoints in the form of C2SP tlog-checkpoint and signed-note, Ed25519. Pure: keys come in as bytes.

leadtrac.example/audit        <- origin, the log's name
1204                          <- how many events
rJ1…=                         <- the root over them, base64
sealed 2026-11-24T09:00:00Z   <- extension line: when

— leadtrac.example/audit AbCd…=   <- base64 of the key's name hash (4 bytes) and the signature (64 bytes)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"  # the algorithm byte of signed-note
SIGNED_BY = "\u2014 "  # an em dash and a space, as the form demands
NOTE_LINES = 6


class BadCheckpoint(ValueError):
    """The text is no checkpoint of this log, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """So many events, this root, sealed at this moment (UTC)."""

    origin: str
    size: int
    root: bytes
    sealed_at: str

    @property
    def body(self) -> bytes:
        """The bytes that are signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nsealed {self.sealed_at}\n".encode()


def moment(when: datetime) -> str:
    """A moment as the extension line writes it: UTC, whole seconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def public_key(seed: bytes) -> bytes:
    """The 32 bytes of the public key that belongs to a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def key_hash(name: str, public: bytes) -> bytes:
    """The 4 bytes by which a signature names its key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The public key in the one-line form that verifiers take: name+hash+base64."""
    return f"{name}+{key_hash(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def sign(checkpoint: Checkpoint, seed: bytes) -> str:
    """The whole note. The same checkpoint under the same key always gives the same text: Ed25519 draws nothing."""
    return signed_note(checkpoint.body.decode(), origin=checkpoint.origin, seed=seed)


def signed_note(body: str, *, origin: str, seed: bytes) -> str:
    """Any text (whole lines) with a blank line and the signature under it (C2SP signed-note)."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(body.encode())
    mark = base64.b64encode(key_hash(origin, public_key(seed)) + signature).decode()
    return f"{body}\n{SIGNED_BY}{origin} {mark}\n"


def opened(note: str, *, origin: str, public: bytes) -> Checkpoint:
    """Read a note and check its signature; raises `BadCheckpoint`."""
    lines = note.split("\n")
    try:
        name, size, root, sealed, blank, signed, end = lines
        mark = base64.b64decode(signed.removeprefix(f"{SIGNED_BY}{origin} "), validate=True)
        found = Checkpoint(name, int(size), base64.b64decode(root, validate=True), sealed.removeprefix("sealed "))
        if (name, blank, end, mark[:4]) != (origin, "", "", key_hash(origin, public)) or found.body.decode() not in note:
            raise BadCheckpoint("not a checkpoint of this log")
        Ed25519PublicKey.from_public_bytes(public).verify(mark[4:], found.body)
    except (ValueError, binascii.Error) as error:
        raise BadCheckpoint("not a checkpoint of this log") from error
    except InvalidSignature as error:
        raise BadCheckpoint("the signature does not hold") from error
    return found

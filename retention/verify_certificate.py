"""Verify a certificate of disposition without LeadTrac: `python verify_certificate.py CERTIFICATE.json [PUBLIC_KEY_HEX]`.

Stands alone: this file and the package `cryptography` are all it needs. It checks the signature over the document, that
the list of records has the hash that was signed, that the counts add up, that the people differ, and the order of times.
Without a public key on the command line the one inside the certificate is used, which proves only that nothing was
changed since it was signed; compare its fingerprint with the one that the agency publishes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONTEXT = b"LeadTrac certificate of disposition, version 1\n"


def canonical(value: Any) -> bytes:
    """The bytes that are signed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def list_sha256(records: list[dict[str, Any]]) -> str:
    """The hash of the frozen list, as the database computes it."""
    lines = [
        f"{each['position']}|{each['id']}|{each['due_on']}|{each['fingerprint']}|{'-' if each['outcome'] == 'rejected' else '+'}"
        for each in sorted(records, key=lambda each: int(each["position"]))
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def problems_of(envelope: dict[str, Any], public_key: bytes | None = None) -> list[str]:
    """Everything that is wrong with a certificate, in words; an empty list means that it holds."""
    document, key = envelope["document"], public_key or bytes.fromhex(envelope["public_key"])
    found = []
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(envelope["signature"]), CONTEXT + canonical(document))
    except (InvalidSignature, ValueError):
        found.append("The signature does not hold: the document was changed, or another key signed it.")
    records, counts = document["records"], document["counts"]
    if list_sha256(records) != document["list_sha256"]:
        found.append("The list of records does not have the hash that was signed.")
    outcomes = [each["outcome"] for each in records]
    if sum(counts.values()) != len(records) or any(outcomes.count(name) != count for name, count in counts.items()):
        found.append("The counts do not add up to the records.")
    if "pending" in outcomes:
        found.append("A record has no outcome.")
    people = [document["people"].get(part) for part in ("reviewed", "first_approval", "second_approval")]
    signed = [each["id"] for each in people if each]
    if len(set(signed)) != len(signed) or (document["kind"] == "destroy" and len(signed) < 3):
        found.append("The people who signed are not the three different ones that a destruction takes.")
    for each in records:
        times = [each[name] for name in ("key_destroyed_at", "rows_deleted_at", "file_deleted_at") if each.get(name)]
        if each["outcome"] == "destroyed" and (len(times) != 3 or times != sorted(times)):
            found.append(f"Record {each['position']}: its key did not go first, or its file did not go last.")
            break
    if document["log"]["after"] < document["log"]["before"]:
        found.append("The log shrank during the run.")
    return found


def main(arguments: list[str]) -> int:
    """Print what was found; 0 when the certificate holds."""
    if not arguments:
        sys.stderr.write("usage: verify_certificate.py CERTIFICATE.json [PUBLIC_KEY_HEX]\n")
        return 2
    envelope = json.loads(Path(arguments[0]).read_text())
    key = bytes.fromhex(arguments[1]) if len(arguments) > 1 else None
    found = problems_of(envelope, key)
    for problem in found:
        sys.stdout.write(f"FAILS  {problem}\n")
    used = key or bytes.fromhex(envelope["public_key"])
    sys.stdout.write(f"key fingerprint {hashlib.sha256(used).hexdigest()}\n")
    if not found:
        document = envelope["document"]
        sys.stdout.write(f"HOLDS  {document['kind']} of {len(document['records'])} records under {document['schedule']['authority']}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

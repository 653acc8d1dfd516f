"""Verify a certificate of disposition without LeadTrac.

    python verify_certificate.py CERTIFICATE.json [--key HEX] [--proof FILE --log-key KEY]

Stands alone: this file and the package `cryptography` are all it needs. It checks the signature over the document, that
the list of records has the hash that was signed, that the counts add up, that the people differ, and the order of times (key,
rows, file, end of the run).
Without a public key on the command line the one inside the certificate is used, which proves only that nothing was
changed since it was signed, by whomever: the answer says `self-signed`. With a proof it also checks that the event which
names the certificate stands in the sealed log (RFC 6962) under a checkpoint that the log's key signed (C2SP signed note);
KEY is that key in one line (name+hash+base64) or a file that holds it. Get both keys from somebody other than whoever
hands you the certificate.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
SIGNED_BY = "\u2014 "
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
    gone = [each["file_deleted_at"] for each in records if each["outcome"] == "destroyed"]
    if sorted([*gone, document["finished_at"], document["issued_at"]])[-2:] != [document["finished_at"], document["issued_at"]]:
        found.append("It was finished, or issued, before its last record was gone.")
    if document["log"]["after"] < document["log"]["before"]:
        found.append("The log shrank during the run.")
    return found


def signed_tree(note: str, log_key: str) -> tuple[int, bytes]:
    """Size and root that a checkpoint states; raises `ValueError` unless the log's key signed it."""
    try:
        name, digest, encoded = log_key.strip().split("+", 2)
        public = base64.b64decode(encoded, validate=True)
        origin, size, root, moment, blank, signed, end = note.split("\n")
        mark = base64.b64decode(signed.removeprefix(f"{SIGNED_BY}{name} "), validate=True)
        named = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        if public[:1] != ED25519 or digest != named.hex() or origin != name or blank or end or mark[:4] != named:
            raise ValueError("not of this log")
        Ed25519PublicKey.from_public_bytes(public[1:]).verify(mark[4:], f"{origin}\n{size}\n{root}\n{moment}\n".encode())
        return int(size), base64.b64decode(root, validate=True)
    except (InvalidSignature, binascii.Error) as error:
        raise ValueError("not signed by this key") from error


def problems_of_proof(document: dict[str, Any], proof: dict[str, Any], log_key: str) -> list[str]:
    """Whether the event that names the certificate is in the log, by a checkpoint that the log's key signed."""
    event = json.loads(proof["event"])
    if event["uuid"] != document["event"] or document["id"] not in event["result_uuids"] or event["object_uuid"] != document["run"]:
        return ["The proof is about another event."]
    try:
        size, root = signed_tree(proof["checkpoint"], log_key)
    except ValueError:
        return ["The log's key did not sign the checkpoint of the proof."]
    node = hashlib.sha256(b"\x00" + proof["event"].encode()).digest()
    position, last = int(proof["index"]), size - 1
    if not 0 <= position <= last:
        return ["The event is not in the log of this checkpoint."]
    for step in proof["path"]:
        if last == 0:
            return ["The event is not in the log of this checkpoint."]
        sibling = base64.b64decode(step)
        if position & 1 or position == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        position, last = position >> 1, last >> 1
    return [] if last == 0 and node == root else ["The event is not in the log of this checkpoint."]


def main(arguments: list[str]) -> int:
    """Print what was found; 0 when the certificate holds."""
    parser = argparse.ArgumentParser(description="Verify a certificate of disposition.")
    parser.add_argument("certificate", type=Path)
    parser.add_argument("--key", type=bytes.fromhex, default=None, help="The agency's public key, in hexadecimal digits.")
    parser.add_argument("--proof", type=Path, default=None, help="The certificate's proof of inclusion in the sealed log.")
    parser.add_argument("--log-key", default="", help="The sealed log's public key, one line or a file that holds it; goes with --proof.")
    given = parser.parse_args(arguments)
    if given.proof is not None and not given.log_key:
        parser.error("a proof says nothing without --log-key, the key that signs the log")
    envelope = json.loads(given.certificate.read_text())
    document = envelope["document"]
    found = problems_of(envelope, given.key)
    if given.proof is not None:
        log_key = given.log_key if "+" in given.log_key else Path(given.log_key).read_text()
        found += problems_of_proof(document, json.loads(given.proof.read_text()), log_key)
    for problem in found:
        sys.stdout.write(f"FAILS  {problem}\n")
    used = given.key or bytes.fromhex(envelope["public_key"])
    sys.stdout.write(f"key fingerprint {hashlib.sha256(used).hexdigest()}\n")
    if not found:
        holds = "HOLDS " if given.key else "HOLDS (self-signed: --key was not given) "
        sys.stdout.write(f"{holds} {document['kind']} of {len(document['records'])} records under {document['schedule']['authority']}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Verify an export of the audit log without the system that wrote it: needs Python 3.11+ and the package `cryptography`.

    python verify_log.py export.zip --key KEY [--checkpoints FOLDER]   the whole log
    python verify_log.py --proof proof.json --key KEY                  one event, or that one checkpoint continues another

KEY is the log's public key, one line (name+hash+base64) or a file that holds it: get it from somebody other than the
operator of the system. FOLDER is your own copy of the published files `checkpoints` and `leaves` (write-once storage, a
second party); without it the copies inside the export are used, which cannot show that the end was cut off.

The export is a zip archive: `events.jsonl` (one sealed event a line, in order: the very bytes that were hashed),
`gone.txt` (indexes of events whose words no longer exist), `words.jsonl` (optional: salt and words, base64, by index),
`checkpoints`, `leaves`, `destroyers` (the keys that sign destructions, each vouched for by the log's key). The tree is that of
RFC 6962, the checkpoints are C2SP signed notes with Ed25519.

Exit code 0: nothing was touched. 1: something was; the first index and what happened to it are printed. 2: unusable input.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HASH_BYTES = 32
SALT_BYTES = 16
ED25519 = 1
SIGNED_BY = "\u2014 "
SIGNED = "signed "  # before each half of a destruction's signature, among the names of its fields
VOUCHED_LINES = 5  # origin, "destruction key", the key, blank, signature
NOTE_LINES = 7  # origin, size, root, moment, blank, signature, blank


class Unusable(ValueError):
    """The input cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in a sentence; `index` is the first event concerned, counted from zero, None where no event is."""

    kind: str  # changed, dropped, inserted, reordered, cut, added, words, signature, checkpoint, leaves
    sentence: str
    index: int | None = None


@dataclass(slots=True)
class Report:
    """What was looked at and what was found; sound when there is no problem."""

    events: int = 0
    checkpoints: int = 0
    destroyed: int = 0  # events whose words were lawfully destroyed
    problems: list[Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was touched."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Key:
    """The log's name and public key."""

    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> Key:
        """From the one-line form name+hash+base64; raises `Unusable`."""
        try:
            name, digest, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise Unusable("the key is not of the form name+hash+base64") from error
        key = cls(name, raw[1:])
        if raw[0] != ED25519 or len(raw) != HASH_BYTES + 1 or digest != key.hash.hex():
            raise Unusable("the key is damaged: its hash does not belong to it")
        return key

    @property
    def hash(self) -> bytes:
        """The 4 bytes by which a signature names this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: so many events, this root."""

    size: int
    root: bytes


# --- the tree of RFC 6962 ---------------------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows: `frontier` holds the roots of its perfect subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.frontier: list[bytes] = []

    def append(self, node: bytes, height: int = 0) -> None:
        """Append one leaf hash, or the root over 2^`height` leaves where so many fit."""
        size = self.size >> height
        while size & 1:
            node = node_hash(self.frontier.pop(), node)
            size >>= 1
        self.frontier.append(node)
        self.size += 1 << height

    @property
    def root(self) -> bytes:
        """The root over everything appended so far."""
        if not self.frontier:
            return hashlib.sha256(b"").digest()
        root = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            root = node_hash(left, root)
        return root


def includes(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path shows that `leaf` is number `index` of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, position, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def continues(*, old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if old.size == new.size:
        return old.root == new.root and not path
    if not 0 < old.size < new.size:
        return False
    steps = [old.root, *path] if old.size & (old.size - 1) == 0 else list(path)
    if not steps:
        return False
    position, last = old.size - 1, new.size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old.root and after == new.root


# --- signed checkpoints -----------------------------------------------------------------------------------------------


def open_note(note: str, key: Key) -> Checkpoint:
    """Read one signed note; raises `Unusable` when it is not one of this log or its signature does not hold."""
    try:
        origin, size, root, moment, blank, signed, end = note.split("\n")
        body = f"{origin}\n{size}\n{root}\n{moment}\n"
        mark = base64.b64decode(signed.removeprefix(f"{SIGNED_BY}{key.name} "), validate=True)
        if origin != key.name or blank or end or mark[:4] != key.hash or str(int(size)) != size:
            raise Unusable("a checkpoint is not of this log")
        _public(key.public).verify(mark[4:], body.encode())
        return Checkpoint(int(size), base64.b64decode(root, validate=True))
    except InvalidSignature as error:
        raise Unusable("the signature of a checkpoint does not hold") from error
    except (ValueError, binascii.Error) as error:
        raise Unusable(str(error) or "a checkpoint cannot be read") from error


def read_destroyers(text: str, key: Key) -> list[bytes]:
    """The public keys for which the log's key vouches as signing destructions; what it did not sign counts for nothing."""
    lines, found = text.split("\n"), []
    for start in range(len(lines) - VOUCHED_LINES + 1):
        origin, what, encoded, blank, signed = lines[start : start + VOUCHED_LINES]
        if (origin, what, blank) != (key.name, "destruction key", ""):
            continue
        try:
            mark = base64.b64decode(signed.removeprefix(f"{SIGNED_BY}{key.name} "), validate=True)
            _public(key.public).verify(mark[4:], f"{origin}\n{what}\n{encoded}\n".encode())
            found.append(base64.b64decode(encoded, validate=True))
        except (InvalidSignature, binascii.Error):
            continue
    return found


@cache
def _public(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def read_checkpoints(text: str, key: Key, report: Report) -> list[Checkpoint]:
    """All checkpoints of a published file, in order; an unfinished last one (a crash while writing) is passed over."""
    lines = text.split("\n")
    found: list[Checkpoint] = []
    for start in range(0, len(lines) - NOTE_LINES, NOTE_LINES):
        note = "\n".join(lines[start : start + NOTE_LINES])
        try:
            checkpoint = open_note(note, key)
        except Unusable as error:
            report.problems.append(Problem("signature", f"Checkpoint {len(found) + 1} of the file: {error}."))
            break
        if found and checkpoint.size <= found[-1].size:
            report.problems.append(Problem("checkpoint", f"Checkpoint {len(found) + 1} of the file does not follow the one before it."))
            break
        found.append(checkpoint)
    report.checkpoints = len(found)
    return found


# --- the whole log ----------------------------------------------------------------------------------------------------


def examine(
    *,
    lines: Iterable[bytes],
    gone: Container[int],
    words: Mapping[int, bytes] | None = None,
    checkpoints: str,
    leaves: bytes,
    destroyers: str,
    key: Key,
) -> Report:
    """Compare the events (the bytes that were hashed) with what was published and signed; see the module's text.

    `gone` (indexes of words that no longer exist) and `words` (salt and words, by index) may be filled while the lines come.
    """
    report = Report()
    signed = read_checkpoints(checkpoints, key, report)
    promised = _read_events(lines, gone, words if words is not None else {}, report)
    presented = promised.hashes
    vouched = _vouched(signed, leaves, presented, report)
    _compare(presented, leaves, vouched, report)
    _judge_missing_words(promised.missing, _signed_destructions(promised.destructions, read_destroyers(destroyers, key), key), report)
    report.events = len(presented) // HASH_BYTES
    report.problems.sort(key=lambda problem: (problem.index is None, problem.index or 0))
    return report


@dataclass(slots=True)
class _Read:
    hashes: bytearray = field(default_factory=bytearray)
    missing: list[tuple[int, str]] = field(default_factory=list)  # index and scope of words that are gone
    destructions: list[tuple[int, bytes]] = field(default_factory=list)  # index and line


def _read_events(lines: Iterable[bytes], gone: Container[int], words: Mapping[int, bytes], report: Report) -> _Read:
    """Hash every line; note the destructions, and which words are missing."""
    read = _Read()
    for index, line in enumerate(lines):
        read.hashes += hashlib.sha256(b"\x00" + line).digest()
        if b'"act":"destroyed"' in line:
            read.destructions.append((index, line))
        if index in gone and _value(line, b"commitment"):
            read.missing.append((index, _value(line, b"payload_scope").decode(errors="replace")))
        if index in words and hashlib.sha256(words[index]).hexdigest().encode() != _value(line, b"commitment"):
            report.problems.append(Problem("words", f"The words of event {index} are not those that it committed to.", index))
    return read


def _signed_destructions(found: Iterable[tuple[int, bytes]], destroyers: Sequence[bytes], key: Key) -> dict[str, int]:
    """Which scopes were lawfully destroyed, and the last event that says so: allowed, signed by one who destroys, and told once."""
    destroyed: dict[str, int] = {}
    told: set[str] = set()
    for index, line in found:
        try:
            event = json.loads(line)
        except ValueError:  # its hash will not agree
            continue
        identity, scopes = str(event.get("uuid")), event.get("result_uuids") or []
        if event.get("act") != "destroyed" or event.get("allowed") is not True or identity in told:
            continue
        statement = "\n".join(["destruction", key.name, identity, *map(str, scopes), ""]).encode()
        if any(_signed_by(public, event.get("field_names") or [], statement) for public in destroyers):
            told.add(identity)
            destroyed |= dict.fromkeys(scopes, index)
    return destroyed


def _signed_by(public: bytes, names: Iterable[Any], statement: bytes) -> bool:
    """Whether the marked ones of an event's field names are together the signature of the statement."""
    halves = [name.removeprefix(SIGNED) for name in names if isinstance(name, str) and name.startswith(SIGNED)]
    try:
        _public(public).verify(b"".join(base64.b64decode(half, validate=True) for half in halves), statement)
    except (InvalidSignature, ValueError):  # binascii.Error is one
        return False
    return True


def _value(line: bytes, name: bytes) -> bytes:
    """The hexadecimal or uuid value under `name`, empty for null: cut out, because parsing each line would cost most of the time.

    Inside a text such a name stands with escaped quotation marks, and is therefore not found there.
    """
    mark = b'"' + name + b'":"'
    start = line.find(mark)
    return line[start + len(mark) : line.find(b'"', start + len(mark))] if start >= 0 else b""


def _vouched(signed: Sequence[Checkpoint], leaves: bytes, presented: bytearray, report: Report) -> int:
    """How many of the published leaves a checkpoint vouches for; says where leaves or events part from what was signed."""
    tree, ours = Tree(), Tree()
    vouched, agreed = 0, 0
    for checkpoint in signed:
        if _holds(tree, leaves, checkpoint):
            vouched = agreed = checkpoint.size
        elif _holds(ours, presented, checkpoint):
            if agreed == vouched:
                said = f"The published hashes from {agreed} to {checkpoint.size - 1} are not those that were signed; the events are."
                report.problems.append(Problem("leaves", said))
            agreed = checkpoint.size
        else:
            count = len(presented) // HASH_BYTES
            if count < checkpoint.size and presented[:] == leaves[: len(presented)]:
                report.problems.append(Problem("cut", f"The log ends before event {count}, which was signed.", count))
            else:
                said = (
                    f"From event {agreed} on, neither the events nor the published hashes are those that were signed at {checkpoint.size}."
                )
                report.problems.append(Problem("changed", said, agreed))
            break
    return vouched


def _holds(tree: Tree, hashes: bytes | bytearray, checkpoint: Checkpoint) -> bool:
    """Grow the tree to the checkpoint's size; whether it arrives at the signed root."""
    _grow(tree, hashes, checkpoint.size)
    return tree.size == checkpoint.size and tree.root == checkpoint.root


def _grow(tree: Tree, hashes: bytes | bytearray, size: int) -> None:
    end = min(size, len(hashes) // HASH_BYTES)
    while tree.size < end:
        height = _perfect(tree.size, end)
        tree.append(_root_of_perfect(hashes[tree.size * HASH_BYTES : (tree.size + (1 << height)) * HASH_BYTES]), height)


def _perfect(start: int, end: int) -> int:
    """The height of the largest perfect subtree that begins at leaf `start` and ends before `end`."""
    room = (end - start).bit_length() - 1
    return min(room, (start & -start).bit_length() - 1) if start else room


def _root_of_perfect(level: bytes | bytearray) -> bytes:
    """The root over 2^n leaf hashes that lie side by side, level by level: two neighbors are one slice."""
    sha256, pair = hashlib.sha256, 2 * HASH_BYTES
    while len(level) > HASH_BYTES:
        level = b"".join([sha256(b"\x01" + level[start : start + pair]).digest() for start in range(0, len(level), pair)])
    return bytes(level)


def _compare(presented: bytearray, leaves: bytes, vouched: int, report: Report) -> None:
    """Find the first event that differs from the vouched leaves, and say what happened there."""
    count = len(presented) // HASH_BYTES
    due = bytes(leaves[: vouched * HASH_BYTES])
    if bytes(presented[: len(due)]) != due:
        index = _first_difference(presented, due)
        report.problems.append(_what_happened(presented, due, index))
    elif count > vouched and report.sound:
        report.problems.append(Problem("added", f"Event {vouched} stands after the last checkpoint: nobody has signed it.", vouched))


def _first_difference(presented: bytearray, due: bytes) -> int:
    low, high = 0, min(len(presented), len(due)) // HASH_BYTES
    while low < high:  # the first place where the beginnings differ
        middle = (low + high) // 2
        if presented[: (middle + 1) * HASH_BYTES] == due[: (middle + 1) * HASH_BYTES]:
            low = middle + 1
        else:
            high = middle
    return low


def _hashes(data: bytes | bytearray, first: int) -> Iterator[bytes]:
    for start in range(first * HASH_BYTES, len(data), HASH_BYTES):
        yield bytes(data[start : start + HASH_BYTES])


def _what_happened(presented: bytearray, due: bytes, index: int) -> Problem:
    """Whether the event at `index` was changed, dropped, moved, cut off, or another was put before it."""
    here, ought = list(_hashes(presented, index)), list(_hashes(due, index))
    if not here:
        return Problem("cut", f"The log ends before event {index}; {_counted(len(ought), 'signed event')} missing.", index)
    ours, theirs = set(here), set(ought)
    if ought[0] in ours:
        if here[0] in theirs:
            return Problem(
                "reordered", f"Another event stands in the place of event {index}, which comes later: the order was changed.", index
            )
        return Problem("inserted", f"An event that nobody signed was put in before event {index}.", index)
    if here[0] in theirs and here[1:2] != ought[1:2]:
        return Problem("dropped", f"Event {index} was taken out.", index)
    return Problem("changed", f"Event {index} was changed.", index)


def _judge_missing_words(missing: Iterable[tuple[int, str]], destroyed: Mapping[str, int], report: Report) -> None:
    """Words may be missing only when a later, signed event of destruction names the scope under whose key they lay."""
    for index, scope in missing:
        if destroyed.get(scope, -1) > index:
            report.destroyed += 1
        else:
            said = f"The words of event {index} are gone, and no signed destruction names their scope: they were removed."
            report.problems.append(Problem("words", said, index))


# --- proofs -----------------------------------------------------------------------------------------------------------


def check_proof(proof: Mapping[str, Any], key: Key) -> str:
    """Check a proof made by `export_audit --proof`; returns what it shows, raises `Unusable` when it shows nothing."""
    try:
        new = open_note(proof["checkpoint"], key)
        path = [base64.b64decode(step, validate=True) for step in proof["path"]]
        if "older_checkpoint" in proof:
            old = open_note(proof["older_checkpoint"], key)
            holds = continues(old=old, new=new, path=path)
            said = f"The log of {old.size} events is the beginning of the log of {new.size}."
        else:
            leaf, index = leaf_hash(proof["event"].encode()), int(proof["index"])
            holds = includes(leaf=leaf, index=index, size=new.size, path=path, root=new.root)
            said = f"The event is number {index} of the {new.size} that were signed."
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Unusable("the proof cannot be read") from error
    if not holds:
        raise Unusable("the proof does not hold")
    return said


# --- command line -----------------------------------------------------------------------------------------------------


def _lines(stream: Iterable[bytes]) -> Iterator[bytes]:
    for line in stream:
        yield line.rstrip(b"\n")


def verify_export(export: Path, key: Key, folder: Path | None = None) -> Report:
    """Verify an export, against the published files in `folder` when given; raises `Unusable`."""
    try:
        with zipfile.ZipFile(export) as archive:
            names = set(archive.namelist())
            checkpoints = (folder / "checkpoints").read_bytes() if folder else archive.read("checkpoints")
            leaves = (folder / "leaves").read_bytes() if folder else archive.read("leaves")
            own = (folder / "destroyers") if folder else None
            inside = archive.read("destroyers").decode() if "destroyers" in names else ""
            destroyers = own.read_text(encoding="utf-8") if own and own.is_file() else inside
            gone = {int(line) for line in archive.read("gone.txt").split()}
            words = {}
            if "words.jsonl" in names:
                for line in archive.read("words.jsonl").splitlines():
                    index, opened = json.loads(line)
                    words[index] = base64.b64decode(opened)
            with archive.open("events.jsonl") as events:
                return examine(
                    lines=_lines(events),
                    gone=gone,
                    words=words,
                    checkpoints=checkpoints.decode(),
                    leaves=leaves,
                    destroyers=destroyers,
                    key=key,
                )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Unusable(f"the export cannot be read: {error}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Verify an export of the audit log.")
    parser.add_argument("export", nargs="?", type=Path)
    parser.add_argument("--key", required=True, help="the public key, or a file that holds it")
    parser.add_argument("--checkpoints", type=Path, help="your own copy of the published files")
    parser.add_argument("--proof", type=Path, help="check one proof instead of an export")
    options = parser.parse_args(arguments)
    try:
        text = options.key if "+" in options.key else Path(options.key).read_text(encoding="utf-8")
        key = Key.read(text)
        if options.proof:
            print(check_proof(json.loads(options.proof.read_text(encoding="utf-8")), key))
            return 0
        if options.export is None:
            parser.error("name an export or a proof")
        report = verify_export(options.export, key, options.checkpoints)
    except (Unusable, OSError, ValueError) as error:
        print(f"Not verified: {error}", file=sys.stderr)
        return 2
    for line in told(report):
        print(line)
    return 0 if report.sound else 1


def told(report: Report) -> list[str]:
    """A report in sentences."""
    told = [f"{_counted(report.events, 'event')} under {_counted(report.checkpoints, 'signed checkpoint')}."]
    if report.destroyed:
        told.append(f"The words of {_counted(report.destroyed, 'event')} were destroyed by destructions that the log names.")
    told += [problem.sentence for problem in report.problems] or ["Nothing was changed, dropped, moved or cut."]
    return told


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())

"""The stand-alone verifier: whatever is mutated in an export, it names the first index, and it excuses lawful destruction only."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.log import merkle
from audit.log.checkpoint import Checkpoint, public_key, sign, signed_note, verifier_key
from verifier import verify_log
from verifier.verify_log import Key, Report, Unusable, check_proof, examine

SEED = bytes(range(32))
DESTROYER = bytes(range(32, 64))
ORIGIN = "test.example/audit"
KEY = Key.read(verifier_key(ORIGIN, public_key(SEED)))


def vouched(destroyer: bytes = DESTROYER, seed: bytes = SEED) -> str:
    body = f"{ORIGIN}\ndestruction key\n{base64.b64encode(public_key(destroyer)).decode()}\n"
    return signed_note(body, origin=ORIGIN, seed=seed) + "\n"


@dataclass
class Export:
    """A log with checkpoints at `sizes`, as its verifier gets it."""

    lines: list[bytes]
    sizes: list[int]
    gone: set[int] = field(default_factory=set)
    words: dict[int, bytes] = field(default_factory=dict)
    destroyers: str = field(default_factory=vouched)

    def __post_init__(self) -> None:
        hashes = [merkle.leaf_hash(line) for line in self.lines]
        self.leaves = b"".join(hashes)
        self.notes = [sign(Checkpoint(ORIGIN, size, merkle.tree_root(hashes[:size]), "2026-11-24T09:00:00Z"), SEED) for size in self.sizes]

    def judged(self) -> Report:
        text = "".join(f"{note}\n" for note in self.notes)
        return examine(
            lines=self.lines,
            gone=self.gone,
            words=self.words,
            checkpoints=text,
            leaves=self.leaves,
            destroyers=self.destroyers,
            key=KEY,
        )


def event(number: int, **values: object) -> bytes:
    return json.dumps(
        {"id": number, "uuid": hashlib.sha256(bytes([number])).hexdigest(), "act": "view", **values}, sort_keys=True, separators=(",", ":")
    ).encode()


def destruction(*scopes: str, number: int = 9, seed: bytes = DESTROYER, allowed: bool = True) -> bytes:
    """An event that says, signed, that the words under these scopes were destroyed."""
    identity = hashlib.sha256(bytes([number])).hexdigest()
    statement = "\n".join(["destruction", ORIGIN, identity, *scopes, ""]).encode()
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(statement)
    halves = [f"signed {base64.b64encode(half).decode()}" for half in (signature[:32], signature[32:])]
    return event(number, act="destroyed", allowed=allowed, result_uuids=scopes, field_names=["done", *halves])


@st.composite
def logs(draw: st.DrawFn) -> Export:
    """Up to forty events under one to five checkpoints, the last one over all."""
    count = draw(st.integers(3, 40))
    cuts = draw(st.sets(st.integers(1, count), max_size=4))
    return Export([event(number) for number in range(count)], sorted(cuts | {count}))


def first(report: Report) -> tuple[str, int | None]:
    return (report.problems[0].kind, report.problems[0].index)


@given(logs())
def test_a_log_that_nobody_touched_is_sound(log: Export) -> None:
    report = log.judged()

    assert report.sound
    assert (report.events, report.checkpoints) == (len(log.lines), len(log.sizes))


@pytest.mark.check(45)
@given(logs(), st.data())
def test_the_first_changed_event_is_named(log: Export, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(log.lines) - 1))
    place = data.draw(st.integers(0, len(log.lines[index]) - 1))
    changed = bytearray(log.lines[index])
    changed[place] ^= data.draw(st.integers(1, 255))
    log.lines[index] = bytes(changed)

    assert first(log.judged()) == ("changed", index)


@pytest.mark.check(45)
@given(logs(), st.data())
def test_the_first_dropped_event_is_named(log: Export, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(log.lines) - 2))
    del log.lines[index]

    assert first(log.judged()) == ("dropped", index)


@pytest.mark.check(45)
@given(logs(), st.data())
def test_where_the_end_was_cut_is_named(log: Export, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(log.lines) - 1))
    del log.lines[index:]

    assert first(log.judged()) == ("cut", index)


@pytest.mark.check(45)
@given(logs(), st.data())
def test_where_the_order_was_changed_is_named(log: Export, data: st.DataObject) -> None:
    index, other = sorted(data.draw(st.lists(st.integers(0, len(log.lines) - 1), min_size=2, max_size=2, unique=True)))
    log.lines[index], log.lines[other] = log.lines[other], log.lines[index]

    assert first(log.judged()) == ("reordered", index)


@pytest.mark.check(45)
@given(logs(), st.data())
def test_where_an_event_was_put_in_is_named(log: Export, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(log.lines)))
    log.lines.insert(index, event(99))

    assert first(log.judged()) == ("added" if index == len(log.lines) - 1 else "inserted", index)


@given(logs(), st.data())
def test_changing_the_published_hash_too_hides_nothing(log: Export, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(log.lines) - 1))
    log.lines[index] = event(77)
    hashes = [merkle.leaf_hash(line) for line in log.lines]
    log.leaves = b"".join(hashes)

    kind, named = first(log.judged())

    before = max([size for size in log.sizes if size <= index], default=0)
    assert (kind, named) == ("changed", before), "named as exactly as the signed roots allow"


@pytest.mark.check(45)
@given(logs(), st.data())
def test_cutting_events_and_hashes_together_is_named(log: Export, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(log.lines) - 1))
    del log.lines[index:]
    log.leaves = log.leaves[: index * 32]

    assert first(log.judged()) == ("cut", index)


@given(logs(), st.data())
def test_damaged_published_hashes_are_told_from_damaged_events(log: Export, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log.leaves) - 1))
    damaged = bytearray(log.leaves)
    damaged[place] ^= 1
    log.leaves = bytes(damaged)

    report = log.judged()

    assert [(problem.kind, problem.index) for problem in report.problems] == [("leaves", None)]


@given(logs(), st.data())
@settings(max_examples=200)
def test_no_character_of_a_checkpoint_can_be_changed(log: Export, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(log.notes) - 1))
    note = log.notes[which]
    place = data.draw(st.integers(0, len(note) - 2))
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != note[place]))
    log.notes[which] = note[:place] + other + note[place + 1 :]

    assert not log.judged().sound


@given(logs())
def test_a_checkpoint_signed_by_another_key_counts_for_nothing(log: Export) -> None:
    hashes = [merkle.leaf_hash(line) for line in log.lines]
    log.notes[-1] = sign(Checkpoint(ORIGIN, len(hashes), merkle.tree_root(hashes), "2026-11-24T09:00:00Z"), bytes(32))

    assert "signature" in {problem.kind for problem in log.judged().problems}


def with_words(*, destruction_names: list[str], before: bool = False) -> Export:
    """Three events with words under scope `s`, and a destruction after (or before) them; the words of number 1 are gone."""
    salted = b"s" * 16 + b'{"reason":"x"}'
    promise = hashlib.sha256(salted).hexdigest()
    lines = [event(number, commitment=promise, payload_scope="s") for number in range(3)]
    named = destruction(*destruction_names)
    lines = [named, *lines] if before else [*lines, named]
    shift = 1 if before else 0
    return Export(lines, [4], gone={1 + shift}, words={number + shift: salted for number in (0, 2)})


def test_missing_words_are_excused_by_a_later_destruction_that_names_their_scope() -> None:
    report = with_words(destruction_names=["other", "s"]).judged()

    assert (report.sound, report.destroyed) == (True, 1)


def test_missing_words_are_tampering_when_no_destruction_names_their_scope() -> None:
    assert first(with_words(destruction_names=["other"]).judged()) == ("words", 1)


def test_missing_words_are_not_excused_by_a_destruction_before_they_were_written() -> None:
    assert first(with_words(destruction_names=["s"], before=True).judged()) == ("words", 2)


def test_a_refused_destruction_excuses_nothing() -> None:
    log = with_words(destruction_names=["s"])
    lines = [*log.lines[:3], destruction("s", allowed=False)]

    assert first(Export(lines, [4], gone={1}).judged()) == ("words", 1)


def altered(line: bytes, **values: object) -> bytes:
    return json.dumps(json.loads(line) | values, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "forged",
    [
        event(9, act="destroyed", allowed=True, result_uuids=["s"], field_names=["done"]),
        event(9, act="destroyed", allowed=True, result_uuids=["s"], field_names=["signed", "signed AAAA", "signed \u00e9", None]),
        destruction("s", seed=bytes(32)),
        altered(destruction("other"), result_uuids=["s"]),
        altered(destruction("s"), uuid="another event"),
    ],
    ids=["unsigned", "signed with nothing", "by another key", "for other scopes", "for another event"],
)
def test_whoever_only_rules_the_database_cannot_make_a_destruction_lawful(forged: bytes) -> None:
    log = with_words(destruction_names=["s"])

    assert first(Export([*log.lines[:3], forged], [4], gone={1}).judged()) == ("words", 1)


def test_a_destruction_that_is_told_again_excuses_nothing_written_in_between() -> None:
    log = with_words(destruction_names=["s"])
    lines = [*log.lines, log.lines[1], destruction("s")]

    assert first(Export(lines, [6], gone={4}).judged()) == ("words", 4)


def test_a_key_that_signs_destructions_counts_when_the_logs_key_vouches_for_it_also_behind_a_half_written_one() -> None:
    log = with_words(destruction_names=["s"])
    other = vouched(bytes(32))

    log.destroyers = other[:40] + "\n" + other + vouched()
    assert log.judged().sound

    for wrong in ("", other, vouched(seed=bytes(32)), vouched().replace("destruction key", "another key"), vouched()[:-20]):
        log.destroyers = wrong
        assert first(log.judged()) == ("words", 1), wrong


def test_changed_words_are_named() -> None:
    log = with_words(destruction_names=["s"])
    log.words[2] = log.words[2].replace(b"x", b"y")

    assert first(log.judged()) == ("words", 2)


@given(logs(), st.data())
def test_proofs_hold_for_their_event_and_for_no_other(log: Export, data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(line) for line in log.lines]
    index = data.draw(st.integers(0, len(hashes) - 1))
    path = [base64.b64encode(step).decode() for step in merkle.inclusion_proof(hashes, index)]
    proof = {"event": log.lines[index].decode(), "index": index, "path": path, "checkpoint": log.notes[-1]}

    assert "is number" in check_proof(proof, KEY)
    for wrong in ({"event": "other"}, {"index": index + 1}, {"path": [*path, path[0]]}):
        with pytest.raises(Unusable):
            check_proof({**proof, **wrong}, KEY)


@given(logs(), st.data())
def test_a_proof_of_growth_holds_between_any_two_checkpoints(log: Export, data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(line) for line in log.lines]
    which = data.draw(st.integers(0, len(log.sizes) - 1))
    path = [base64.b64encode(step).decode() for step in merkle.consistency_proof(hashes, log.sizes[which])]
    proof = {"older_checkpoint": log.notes[which], "path": path, "checkpoint": log.notes[-1]}

    assert "is the beginning" in check_proof(proof, KEY)
    with pytest.raises(Unusable):
        check_proof({**proof, "path": [*path, base64.b64encode(bytes(32)).decode()]}, KEY)


def test_it_runs_alone_and_says_what_it_found(tmp_path: Path) -> None:
    log = Export([event(number) for number in range(5)], [3, 5])

    def run(lines: list[bytes]) -> subprocess.CompletedProcess[str]:
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            archive.writestr("events.jsonl", b"".join(line + b"\n" for line in lines))
            archive.writestr("gone.txt", "")
            archive.writestr("checkpoints", "".join(f"{note}\n" for note in log.notes))
            archive.writestr("leaves", log.leaves)
        key = verifier_key(ORIGIN, public_key(SEED))
        copy = tmp_path / "verify_log.py"
        copy.write_bytes(Path(verify_log.__file__).read_bytes())
        command = [sys.executable, "-I", str(copy), str(tmp_path / "export.zip"), "--key", key]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={}, check=False)

    whole, cut = run(log.lines), run(log.lines[:-1])

    assert (whole.returncode, whole.stdout.splitlines()[-1]) == (0, "Nothing was changed, dropped, moved or cut.")
    assert (cut.returncode, cut.stdout.splitlines()[-1]) == (1, "The log ends before event 4; 1 signed event missing.")


def test_a_damaged_key_is_refused() -> None:
    text = verifier_key(ORIGIN, public_key(SEED))

    for wrong in ("", "a+b", text[:-4] + "AAA=", text.replace("+", "+0", 1)):
        with pytest.raises(Unusable):
            Key.read(wrong)


def test_a_name_that_stands_in_a_text_is_not_taken_for_the_promise() -> None:
    """The promise is cut out of the line; a text that looks like it, before and after it, changes nothing."""
    salted = b"s" * 16 + b"{}"
    forged = '"commitment":"00"'
    line = event(0, act=forged, commitment=hashlib.sha256(salted).hexdigest(), payload_scope="s", view=forged)

    assert Export([line], [1], words={0: salted}).judged().sound
    assert Export([line, destruction("s")], [2], gone={0}).judged().destroyed == 1


@given(st.integers(1, 300), st.lists(st.integers(1, 300), max_size=6))
def test_a_tree_that_grows_by_subtrees_is_the_tree_that_grows_by_leaves(count: int, stops: list[int]) -> None:
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(count)]
    tree = verify_log.Tree()
    for size in sorted({min(stop, count) for stop in stops} | {count}):
        verify_log._grow(tree, b"".join(hashes), size)
        assert (tree.size, tree.root) == (size, merkle.tree_root(hashes[:size]))

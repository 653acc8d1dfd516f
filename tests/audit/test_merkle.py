"""The tree of RFC 6962, against the vectors of its reference implementation and against itself."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.log.merkle import (
    EMPTY_ROOT,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves and roots of the certificate-transparency reference test suite.
VECTOR = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", ROOTS)
def test_roots_equal_those_of_the_reference_implementation(size: int) -> None:
    assert tree_root([leaf_hash(data) for data in VECTOR[:size]]).hex() == ROOTS[size]


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_leaf_is_proved_and_a_changed_one_is_not(pair: tuple[int, int]) -> None:
    size, index = pair
    leaves = hashes(size)
    proof, root = inclusion_proof(leaves, index), tree_root(leaves)

    assert verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=root)
    assert not verify_inclusion(leaf=leaf_hash(b"changed"), index=index, size=size, proof=proof, root=root)
    assert not verify_inclusion(leaf=leaves[index], index=index, size=size, proof=[*proof, root], root=root)


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size))))
def test_every_prefix_is_proved_and_a_rewritten_one_is_not(pair: tuple[int, int]) -> None:
    size, old_size = pair
    leaves = hashes(size)
    old_root, new_root = tree_root(leaves[:old_size]), tree_root(leaves)
    proof = consistency_proof(leaves, old_size)
    sizes = {"old_size": old_size, "new_size": size}

    assert verify_consistency(**sizes, old_root=old_root, new_root=new_root, proof=proof)
    rewritten = tree_root([leaf_hash(b"changed"), *leaves[1:old_size]])
    assert not verify_consistency(**sizes, old_root=rewritten, new_root=new_root, proof=proof)


@given(st.integers(0, 200))
def test_appending_one_by_one_gives_the_root_over_all(count: int) -> None:
    frontier: list[bytes] = []
    leaves = hashes(count)
    for size, leaf in enumerate(leaves):
        append(frontier, size, leaf)

    assert root_of(frontier) == tree_root(leaves)
    assert len(frontier) == count.bit_count()

"""A bag (BagIt 1.0, RFC 8493) in memory: payload files, manifests, a tar around them. Pure.

The `bagit` package works on directories: it would lay the content in the clear on a disk first, so the few lines of the
layout stand here. A test reads a bag back by the RFC's own rules.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class FixityError(Exception):
    """The bag is not what was packed: a file is missing, added or changed."""


def pack(payload: Mapping[str, bytes], info: Mapping[str, str], *, folder: str) -> bytes:
    """Tar a bag named `folder` with `payload` (names under data/) and `info` (for bag-info.txt)."""
    files = {f"data/{name}": content for name, content in sorted(payload.items())}
    octets = sum(len(content) for content in files.values())
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{key}: {value}\n" for key, value in {**info, "Payload-Oxum": f"{octets}.{len(files)}"}.items()).encode(),
        "manifest-sha256.txt": _manifest(files),
    }
    tags["tagmanifest-sha256.txt"] = _manifest(tags)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in {**tags, **files}.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            member.mode = 0o400
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """The payload of a bag, every file checked against its manifests; raises `FixityError`."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:") as tar:
            for member in tar.getmembers():
                content = tar.extractfile(member)
                found[member.name.partition("/")[2]] = content.read() if content else b""
    except tarfile.TarError as error:
        message = "the package is not a bag"
        raise FixityError(message) from error
    payload = {name: content for name, content in found.items() if name.startswith("data/")}
    tags = {name: content for name, content in found.items() if name not in payload and name != "tagmanifest-sha256.txt"}
    if found.get("manifest-sha256.txt") != _manifest(payload) or found.get("tagmanifest-sha256.txt") != _manifest(tags):
        message = "the package is not what was packed"
        raise FixityError(message)
    return {name.removeprefix("data/"): content for name, content in payload.items()}


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()

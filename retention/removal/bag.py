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


BLOCK, RECORD = 512, 10_240  # bytes: of the format, and of what tapes liked


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
    members = b"".join(_member(folder, name, content) for name, content in {**tags, **files}.items())
    return members + b"\0" * (2 * BLOCK + -(len(members) + 2 * BLOCK) % RECORD)


def _member(folder: str, name: str, content: bytes) -> bytes:
    """One file of a USTAR archive (POSIX.1-1988): header, content, filling. Always the same bytes for the same content.

    `tarfile`, which reads it back, takes five times as long to write it: a sixth of a whole archiving run.
    """
    path, prefix = name.encode(), folder.encode()
    if len(path) > 100 or len(prefix) > 155 or len(content) >= 8**11:
        message = "too long for the format"
        raise ValueError(message)
    fields = (path.ljust(100, b"\0"), b"0000400\0", b"0000000\0" * 2, b"%011o\0" % len(content), b"%011o\0" % 0)
    rest = (b"0", b"\0" * 100, b"ustar\x0000", b"\0" * 64, b"0000000\0" * 2, prefix.ljust(155, b"\0"), b"\0" * 12)
    start, end = b"".join(fields), b"".join(rest)
    checksum = b"%06o\0 " % (sum(start) + sum(end) + 8 * 0x20)
    return start + checksum + end + content + b"\0" * (-len(content) % BLOCK)


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

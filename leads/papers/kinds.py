"""What may be attached: the kind of a file is told by its content, and the ending of its name must agree. Pure.

Few kinds on purpose: none of them carries macros, and a browser or viewer needs no plug-in. A document of another kind is
printed to PDF by whoever has it. Sources: OWASP ASVS 5.0.0, 5.2.1 and 5.2.2 (size, type by ending and by first bytes).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import puremagic

LONGEST_NAME = 120  # characters
ALLOWED = "PDF, PNG, JPEG or plain text (.txt)"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: what it is called, how it is served, how its name may end."""

    code: str
    label: str
    content_type: str
    endings: tuple[str, ...]


PDF = Kind("pdf", "PDF", "application/pdf", (".pdf",))
PNG = Kind("png", "PNG picture", "image/png", (".png",))
JPEG = Kind("jpeg", "JPEG picture", "image/jpeg", (".jpg", ".jpeg"))
TEXT = Kind("text", "plain text", "text/plain; charset=utf-8", (".txt",))
KINDS = {kind.code: kind for kind in (PDF, PNG, JPEG, TEXT)}
_BY_TYPE = {kind.content_type: kind for kind in (PDF, PNG, JPEG)}
_SIGNS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}
_WHITE = "\t\n\r\f"


class Unsuitable(ValueError):
    """The file cannot be taken; the text says why, in words for the person, without its name."""


def kind_of(name: str, content: bytes) -> Kind:
    """The kind of a file by its content; raises `Unsuitable` for an empty one, another kind, or a name that says otherwise."""
    if not content:
        raise Unsuitable("The file is empty.")
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    kind = _by_content(content) or (TEXT if ending in TEXT.endings and is_plain_text(content) else None)
    if kind is None:
        raise Unsuitable(f"This kind of file is not taken. Attach {ALLOWED}; print other documents to PDF.")
    if ending not in kind.endings:
        raise Unsuitable(f"The content is a {kind.label}, but the name does not end with {' or '.join(kind.endings)}.")
    return kind


def _by_content(content: bytes) -> Kind | None:
    """What the library makes of the first bytes, when it is one of ours and those bytes stand at the very beginning."""
    try:
        found = puremagic.magic_string(content)
    except puremagic.PureError:
        return None
    kinds = [_BY_TYPE[match.mime_type] for match in found if match.mime_type in _BY_TYPE]
    return next((kind for kind in kinds if content.startswith(_SIGNS[kind.code])), None)


def is_plain_text(content: bytes) -> bool:
    """UTF-8 without control characters: nothing that a program would take for anything but words."""
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return all(letter in _WHITE or unicodedata.category(letter) != "Cc" for letter in words)


def tidy_name(name: str) -> str:
    """The name as it is kept and shown: no folders, no control or direction characters, not too long, its ending whole."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in unicodedata.normalize("NFC", bare) if unicodedata.category(letter)[0] != "C").strip()
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        return shown[:LONGEST_NAME] or "file"
    return f"{(stem or 'file')[: LONGEST_NAME - len(ending) - 1]}.{ending[:10]}"

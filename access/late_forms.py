"""A form that arrives when its session is locked or over: its words are kept, sealed, for its sender alone.

They lie encrypted in the session, under a key of the day whose wrapping key never enters the database, and come back in a form
that sends them where they were meant to go.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from access.models import User
from audit.keys import data_key, named_scope
from foundation.crypto import DecryptionError, seal, unseal

KEPT = "leadtrac_late_form"
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", "code", "proof", "credential")
MOST_BYTES = 200_000  # a longer form is not kept: a session is no file store
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_THE_PAGE = frozenset(
    {"back", "digest", "draft_page", "from", "next", "open", "replaces", "replay", "seen", "sort", "stay", "tab", "version"}
)
_LONG = 24  # characters; words of that length get room for more


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a kept form. Whatever its person chose or typed is before their eyes when they send it."""

    name: str
    value: str

    @property
    def label(self) -> str:
        """The field's name as a person reads it."""
        return self.name.rsplit("-", 1)[-1].replace("_", " ").capitalize()

    @property
    def of_the_page(self) -> bool:
        """Whether the page put it there for itself; or it is empty."""
        return not self.value.strip() or self.name in _OF_THE_PAGE or _ID.fullmatch(self.value) is not None

    @property
    def chosen(self) -> bool:
        """Whether it looks like the code of a choice, a box or a number: shown, but changed on the page itself."""
        return re.fullmatch(r"[a-z0-9][a-z0-9_.:-]*", self.value) is not None

    @property
    def long(self) -> bool:
        """Whether its words need a field of several lines."""
        return len(self.value) >= _LONG or "\n" in self.value


@dataclass(frozen=True, slots=True)
class LateForm:
    """Where the form was going, and what stood in it."""

    path: str
    entries: tuple[Entry, ...]
    had_files: bool


def keep(request: HttpRequest, user: User, *, now: datetime) -> str:
    """The posted fields, sealed for `user`; empty when there is nothing worth keeping."""
    pairs = [[name, value] for name, values in request.POST.lists() if name not in NEVER_KEPT for value in values]
    if not pairs:
        return ""
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    words = json.dumps({"path": request.get_full_path(), "pairs": pairs, "files": bool(request.FILES)}).encode()
    if len(words) > MOST_BYTES:
        return ""
    sealed = seal(data_key(named_scope(f"late forms {day}"), purpose="late forms"), words, _context(user))
    return f"{day}.{base64.b64encode(sealed).decode()}"


def open_kept(kept: str, user: User) -> LateForm | None:
    """What `keep` sealed for this user; None when there is nothing, or it was somebody else's."""
    day, _, sealed = kept.partition(".")
    if not sealed:
        return None
    try:
        key = data_key(named_scope(f"late forms {day}"), purpose="late forms")
        words = json.loads(unseal(key, base64.b64decode(sealed), _context(user)))
    except DecryptionError:
        return None
    return LateForm(words["path"], tuple(Entry(name, value) for name, value in words["pairs"]), words["files"])


def _context(user: User) -> bytes:
    return b"late form " + user.uuid.bytes

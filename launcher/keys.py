"""Passwords and keys of one kind of servers, made once and kept in files that only their owner may read."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from launcher.places import Kind, var

KEY_BYTES = 32
_PASSWORD_BYTES = 48  # 64 characters: Django asks for 50 in its secret key


def password(kind: Kind, name: str) -> str:
    """Return the text in `var/secrets/<kind>/<name>`, drawing 384 random bits at the first call."""
    return _read_or_make(kind, name, lambda: secrets.token_urlsafe(_PASSWORD_BYTES).encode()).decode()


def key_file(kind: Kind, name: str) -> Path:
    """Return the path of a file of exactly 32 random bytes, drawn at the first call."""
    _read_or_make(kind, name, lambda: secrets.token_bytes(KEY_BYTES))
    return kind.secrets / name


def make_compose_secrets() -> Path:
    """Make the secrets that `docker-compose.yml` mounts, once, and return their folder.

    Compose binds the files as they are, and the containers' users are not the one who made them: so the files are
    readable for all, in a folder that only its owner may enter.
    """
    kind = Kind("compose", durable=True, connections=0)
    for name in ("superuser", "owner", "app", "maintain", "redis", "secret-key"):
        password(kind, name)
    for name in ("key-encryption-key", "index-key", "context-secret", "log-key"):
        key_file(kind, name)
    for path in kind.secrets.iterdir():
        path.chmod(0o444)
    return kind.secrets


def has_password(kind: Kind, name: str) -> bool:
    """Say whether a password was drawn before."""
    return (kind.secrets / name).exists()


def _read_or_make(kind: Kind, name: str, draw: Callable[[], bytes]) -> bytes:
    path = kind.secrets / name
    if not path.exists():
        for folder in (var(), var() / "secrets", kind.secrets):
            folder.mkdir(mode=0o755 if folder == var() else 0o700, exist_ok=True)
        half = path.with_name(f"{name}.{os.getpid()}.new")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(draw())
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces: of two launchers at once, the first one's key is everybody's key.
        with suppress(FileExistsError):
            os.link(half, path)
        half.unlink()
    return path.read_bytes()

"""Typed readers of the environment: each refuses nonsense and names the variable with a hint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None, *, hint: str = "") -> str:
    """A string; without `default` the variable must be set."""
    value = os.environ.get(name, default)
    if value is None:
        message = f"Set {name}. {hint}".strip()
        raise ImproperlyConfigured(message)
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """1/0, true/false, yes/no."""
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in ("1", "true", "yes"):
        return True
    if value in ("0", "false", "no"):
        return False
    message = f"{name} must be 1 or 0, not {value!r}."
    raise ImproperlyConfigured(message)


def number(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        message = f"{name} must be a whole number."
        raise ImproperlyConfigured(message)
    return int(value)


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def file_path(name: str, default: Path) -> Path:
    """A path, made absolute."""
    return Path(os.environ.get(name) or default).absolute()


def database(name: str) -> dict[str, Any]:
    """A PostgreSQL address (`postgresql://user:password@host:port/name`, or `?host=/socket/dir`) as Django wants it."""
    url = text(
        name, hint="Start through `make demo`, `make test` or `python -m launcher services -- CMD`, or give the address of your own server."
    )
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        message = f"{name} must begin with postgresql:// (PostgreSQL 18 is the only database)."
        raise ImproperlyConfigured(message)
    query = dict(parse_qsl(parts.query))
    options = {key: value for key, value in query.items() if key.startswith("ssl")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(query.get("port") or parts.port or ""),
        "OPTIONS": options,
    }


def identity_provider(issuer: str) -> dict[str, Any]:
    """The sign-in library's settings for one OpenID Connect provider; empty without an issuer."""
    if not issuer:
        return {}
    secret = text("LEADTRAC_OIDC_CLIENT_SECRET_FILE", hint="The file that holds the secret which the provider gave to LeadTrac.")
    app = {
        "provider_id": "agency",
        "name": text("LEADTRAC_OIDC_NAME", "agency sign-in"),
        "client_id": text("LEADTRAC_OIDC_CLIENT_ID", hint="The name under which the provider knows LeadTrac."),
        "secret": Path(secret).read_text(encoding="utf-8").strip(),
        "settings": {"server_url": issuer, "fetch_userinfo": False, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}

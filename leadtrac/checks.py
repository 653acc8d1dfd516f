"""Deployment checks of our own: what travels between machines is encrypted, and the other end is verified."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from psycopg.conninfo import conninfo_to_dict

THIS_MACHINE = ("", "localhost", "127.0.0.1", "::1")


def unencrypted(databases: Mapping[str, str], redis_url: str) -> list[str]:
    """Sentences on every connection to another machine that is not encrypted and verified (FedRAMP SC-8(1); check 56).

    `databases` holds the address of each role under the name of its variable; an empty one is not used.
    """
    found = []
    for name, address in databases.items():
        parts = conninfo_to_dict(address)
        host = str(parts.get("host") or "")
        if not host.startswith("/") and host not in THIS_MACHINE and parts.get("sslmode") != "verify-full":
            found.append(f"The database is on another machine: add sslmode=verify-full (and sslrootcert) to {name}.")
    redis = urlsplit(redis_url)
    unverified = parse_qs(redis.query).get("ssl_cert_reqs", ["required"]) != ["required"]
    if redis.scheme != "unix" and (redis.hostname or "") not in THIS_MACHINE and (redis.scheme != "rediss" or unverified):
        found.append("Redis is on another machine: REDIS_URL must begin with rediss://, with its certificate verified.")
    return found


@register(Tags.security, deploy=True)
def connections_are_encrypted(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An error for each connection that others on the way could read."""
    databases = {
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "DATABASE_OWNER_URL": settings.DATABASE_OWNER_URL,
        "DATABASE_MAINTAIN_URL": settings.DATABASE_MAINTAIN_URL,
    }
    return [Error(sentence, id="leadtrac.E001") for sentence in unencrypted(databases, settings.REDIS_URL)]

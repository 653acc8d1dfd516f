"""Deployment checks of our own: what travels between machines is encrypted, and the other end is verified."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

THIS_MACHINE = ("", "localhost", "127.0.0.1", "::1")


def unencrypted(database: dict[str, Any], redis_url: str) -> list[str]:
    """Sentences on every connection to another machine that is not encrypted and verified (FedRAMP SC-8(1); check 56)."""
    found = []
    host = str(database["HOST"])
    if not host.startswith("/") and host not in THIS_MACHINE and database["OPTIONS"].get("sslmode") != "verify-full":
        found.append("The database is on another machine: add sslmode=verify-full (and sslrootcert) to DATABASE_URL.")
    redis = urlsplit(redis_url)
    unverified = parse_qs(redis.query).get("ssl_cert_reqs", ["required"]) != ["required"]
    if redis.scheme != "unix" and (redis.hostname or "") not in THIS_MACHINE and (redis.scheme != "rediss" or unverified):
        found.append("Redis is on another machine: REDIS_URL must begin with rediss://, with its certificate verified.")
    return found


@register(Tags.security, deploy=True)
def connections_are_encrypted(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An error for each connection that others on the way could read."""
    return [Error(sentence, id="leadtrac.E001") for sentence in unencrypted(settings.DATABASES["default"], settings.REDIS_URL)]

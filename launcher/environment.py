"""The environment that every child of the launcher gets: addresses, passwords, key files, folders."""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import quote

from launcher import keys
from launcher.places import Kind, var
from launcher.ports import LOOPBACK
from launcher.report import LauncherError
from launcher.servers import Servers

_REDIS_DATABASES = 64


DEFAULT_WEB_PORT = 8000


def environment(servers: Servers, web_port: int = DEFAULT_WEB_PORT) -> dict[str, str]:
    """Return the variables that the product reads, for the servers of one kind.

    What the user has set stays as it is: a variable of theirs always wins.
    """
    return {name: os.environ.get(name) or value for name, value in own_environment(servers, web_port).items()}


def own_environment(servers: Servers, web_port: int = DEFAULT_WEB_PORT) -> dict[str, str]:
    """Return the launcher's own values for these variables, whatever the user has set."""
    return {
        "DJANGO_SETTINGS_MODULE": "leadtrac.settings",
        "LEADTRAC_DEMO": "1" if servers.kind.name == "demo" else "0",
        "LEADTRAC_ALLOWED_HOSTS": f"localhost,{LOOPBACK}",
        "LEADTRAC_BASE_URL": f"http://localhost:{web_port}",
        "LEADTRAC_STATIC_ROOT": str(var() / "static"),
        **_database_urls(servers),
        **_redis_url(servers),
        **_keys_and_folders(servers.kind),
        "LEADTRAC_LOG_PATHS": os.pathsep.join(map(str, _logs(servers))),
    }


def _logs(servers: Servers) -> list[Path]:
    """Where processes and servers of ours write what they log."""
    return [servers.kind.files / "logs", *([servers.postgres.log] if servers.postgres else [])]


def database_name() -> str:
    """Return `leadtrac`, or a private name when `LEADTRAC_DB_SUFFIX` asks for one."""
    suffix = os.environ.get("LEADTRAC_DB_SUFFIX", "")
    if not suffix:
        return "leadtrac"
    if not re.fullmatch(r"[a-z0-9_]{1,30}", suffix):
        raise LauncherError("LEADTRAC_DB_SUFFIX takes 1 to 30 of: small letters, digits, underscores.")
    return f"leadtrac_{suffix}"


def _database_urls(servers: Servers) -> dict[str, str]:
    if servers.postgres is None:
        if not os.environ.get("DATABASE_OWNER_URL"):
            raise LauncherError(
                "DATABASE_URL names your own server, so DATABASE_OWNER_URL must name the owner's login there "
                "(migrations run as it). `python -m launcher print-roles-sql` prints what creates both roles."
            )
        return {}
    port, name, urls = servers.postgres.port(), database_name(), {}
    for variable, role in (
        ("DATABASE_URL", "app"),
        ("DATABASE_OWNER_URL", "owner"),
        ("DATABASE_MAINTAIN_URL", "maintain"),
    ):
        password = quote(keys.password(servers.kind, role), safe="")
        urls[variable] = f"postgresql://leadtrac_{role}:{password}@{LOOPBACK}:{port}/{name}"
    return urls


def _redis_url(servers: Servers) -> dict[str, str]:
    if servers.redis is None:
        return {}
    suffix = os.environ.get("LEADTRAC_DB_SUFFIX", "")
    # People who share the test server get a Redis database of their own as well.
    number = hashlib.sha256(suffix.encode()).digest()[0] % (_REDIS_DATABASES - 1) + 1 if suffix else 0
    password = quote(keys.password(servers.kind, "redis"), safe="")
    return {"REDIS_URL": f"redis://:{password}@{LOOPBACK}:{servers.redis.port()}/{number}"}


def _keys_and_folders(kind: Kind) -> dict[str, str]:
    folders = {"LEADTRAC_CHECKPOINT_DIR": "checkpoints", "LEADTRAC_DROP_DIR": "drops"}
    for folder in folders.values():
        (kind.files / folder).mkdir(parents=True, exist_ok=True)
    return {
        "LEADTRAC_SECRET_KEY": keys.password(kind, "secret-key"),
        "LEADTRAC_KEK_FILE": str(keys.key_file(kind, "key-encryption-key")),
        "LEADTRAC_INDEX_KEY_FILE": str(keys.key_file(kind, "index-key")),
        "LEADTRAC_CONTEXT_SECRET_FILE": str(keys.key_file(kind, "context-secret")),
        "LEADTRAC_LOG_KEY_FILE": str(keys.key_file(kind, "log-key")),
        **{variable: str(kind.files / folder) for variable, folder in folders.items()},
    }

"""The entry of a container: reads the secrets from files, then becomes the process that was asked for.

    python -m launcher.container web | worker | sealer | beat | migrate | health | run COMMAND ...

The files lie in `/run/secrets` (or `LEADTRAC_SECRETS_DIR`); each service mounts only those that it needs.
`LEADTRAC_DATABASE` and `LEADTRAC_REDIS` give the servers as `host:port`.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from launcher import web
from launcher.report import LauncherError

_PORT = 8000
_DATABASE = "leadtrac"
_ROLES = {"DATABASE_URL": "app", "DATABASE_OWNER_URL": "owner", "DATABASE_MAINTAIN_URL": "maintain"}
_KEYS = {
    "LEADTRAC_KEK_FILE": "key-encryption-key",
    "LEADTRAC_INDEX_KEY_FILE": "index-key",
    "LEADTRAC_CONTEXT_SECRET_FILE": "context-secret",
    "LEADTRAC_LOG_KEY_FILE": "log-key",
}


def main(words: list[str]) -> int:
    """Run one of the container's commands; all but `health` and `migrate` replace this process."""
    try:
        os.environ.update(secrets_environment())
        return _run(words)
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1


def secrets_environment() -> dict[str, str]:
    """Return the variables of the product, made from the secrets that are mounted. Raises LauncherError."""
    variables = {"DJANGO_SETTINGS_MODULE": "leadtrac.settings", "LEADTRAC_SECRET_KEY": _secret("secret-key")}
    server = os.environ.get("LEADTRAC_DATABASE", "postgres:5432")
    for variable, role in _ROLES.items():
        if (_folder() / role).exists():
            variables[variable] = f"postgresql://leadtrac_{role}:{quote(_secret(role), safe='')}@{server}/{_DATABASE}"
    redis = os.environ.get("LEADTRAC_REDIS", "redis:6379")
    variables["REDIS_URL"] = f"redis://:{quote(_secret('redis'), safe='')}@{redis}/0"
    for variable, name in _KEYS.items():
        if (_folder() / name).exists():
            variables[variable] = str(_folder() / name)
    return variables


def _run(words: list[str]) -> int:
    command, rest = (words[0], words[1:]) if words else ("", [])
    if command == "web":
        os.environ.update(web.WEB_VARIABLES)
        _become(web.web_command(f"0.0.0.0:{_PORT}"))
    if command == "worker":
        _become(web.worker_command())
    if command == "sealer":
        _become(web.sealer_command())
    if command == "beat":
        _become(web.beat_command(os.environ.get("LEADTRAC_BEAT_SCHEDULE", "/tmp/beat-schedule")))  # noqa: S108 -- the container's own
    if command == "run" and rest:
        _become(rest)
    if command == "migrate":
        return _migrate()
    if command == "health":
        host = os.environ.get("LEADTRAC_ALLOWED_HOSTS", "localhost").split(",")[0]
        return 0 if web.answers(_PORT, host) else 1
    raise LauncherError("Say what to run: web, worker, sealer, beat, migrate, health, or run COMMAND ...")


def _migrate() -> int:
    os.environ["LEADTRAC_AS_OWNER"] = "1"
    for command in (["migrate", "--noinput"], ["prepare"]):
        status = subprocess.run([sys.executable, "manage.py", *command], check=False).returncode
        if status != 0:
            return status
    return 0


def _become(command: list[str]) -> None:
    os.execvp(command[0], command)  # noqa: S606 -- no shell is wanted


def _folder() -> Path:
    return Path(os.environ.get("LEADTRAC_SECRETS_DIR", "/run/secrets"))


def _secret(name: str) -> str:
    try:
        return (_folder() / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise LauncherError(f"The secret {_folder() / name} cannot be read: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

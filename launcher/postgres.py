"""The embedded PostgreSQL server: made, configured, started, stopped. Only the package's programs are used."""

import hashlib
import locale
import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from launcher import keys
from launcher.home import Home
from launcher.ports import LOOPBACK, free_port
from launcher.report import LauncherError, say, tail
from launcher.waiting import is_alive, program_of, until

SUPERUSER = "postgres"
MAJOR_VERSION = "18"
_HERE = Path(__file__).parent
# Crash recovery replays up to max_wal_size; on a slow disk that takes minutes, not seconds.
_PORT_LINE = 3  # of postmaster.pid, counted from zero
_START_SECONDS = 600
_STOP_SECONDS = 120
_START_ATTEMPTS = 3
_BIG_MACHINE_BYTES = 8 * 2**30
_NOT_YET = ("Address already in use", "pre-existing shared memory block", "could not bind")


@dataclass(frozen=True)
class Postgres:
    """The PostgreSQL server of one home."""

    home: Home

    @property
    def log(self) -> Path:
        """The server's own log, beside its data."""
        return self.home.postgres.with_name(self.home.postgres.name + ".log")

    def pid(self) -> int | None:
        """Return the process id of the living server of this data folder, or None."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        if pid is None or not is_alive(pid) or program_of(pid) not in (None, "postgres"):
            return None
        return pid

    def port(self) -> int | None:
        """Return the port that the server listens on, or that it used last."""
        lines = self._pid_file()
        port = lines[_PORT_LINE].strip() if len(lines) > _PORT_LINE else ""
        return int(port) if port.isdigit() else None

    def is_ready(self) -> bool:
        """Ask the server whether it takes connections now."""
        port = self.port()
        if self.pid() is None or port is None:
            return False
        ask = [str(self.home.binaries.postgres("pg_isready")), "-q", "-h", LOOPBACK, "-p", str(port), "-t", "5"]
        return subprocess.run(ask, check=False).returncode == 0

    def start(self) -> None:
        """Start the server and return when it takes connections, crash recovery included.

        Raises LauncherError with the end of the server's log when it does not start.
        """
        self._make_data_folder()
        if self.pid() is None:
            self._start_process()
        if not until(lambda: self.is_ready() or self.pid() is None, _START_SECONDS) or not self.is_ready():
            raise self._failure("PostgreSQL did not start.")

    def stop(self) -> None:
        """Stop the server at once: sessions are ended, the data is left clean."""
        if self.pid() is not None:
            self._pg_ctl("stop", "-m", "fast", "-w", "-t", str(_STOP_SECONDS))

    def prepare_roles(self) -> None:
        """Create the three roles, the database and the extensions; does nothing when they are as they should be."""
        digest = self._roles_digest()
        mark = self.home.postgres / "leadtrac.roles"
        if mark.exists() and mark.read_text(encoding="utf-8") == digest:
            return
        owner, app, maintain = (keys.password(self.home.kind, name) for name in ("owner", "app", "maintain"))
        passwords = {
            "LEADTRAC_OWNER_PASSWORD": owner,
            "LEADTRAC_APP_PASSWORD": app,
            "LEADTRAC_MAINTAIN_PASSWORD": maintain,
        }
        self.run_sql("postgres", (_HERE / "roles.sql").read_text(encoding="utf-8"), passwords)
        for database in ("template1", "leadtrac"):
            self.run_sql(database, (_HERE / "database.sql").read_text(encoding="utf-8"), {})
        self.home.write(mark, digest)

    def _roles_digest(self) -> str:
        parts = [(_HERE / name).read_bytes() for name in ("roles.sql", "database.sql")]
        parts += [keys.password(self.home.kind, name).encode() for name in ("owner", "app", "maintain")]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def make_database(self, name: str) -> None:
        """Create a database of the owner's, unless it is there. `name` is checked by `environment.database_name`."""
        missing = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')"
        self.run_sql("postgres", f"SELECT 'CREATE DATABASE {name} OWNER leadtrac_owner' {missing}\n\\gexec\n", {})

    def run_sql(self, database: str, sql: str, variables: dict[str, str]) -> str:
        """Run a psql script as superuser; `variables` reach it as environment (getenv), never as arguments."""
        command = [str(self.home.binaries.postgres("psql")), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", LOOPBACK, "-p", str(self.port()), "-U", SUPERUSER, "-d", database]
        password = keys.password(self.home.kind, "superuser")
        environment = {**os.environ, **variables, "PGPASSWORD": password, "PGOPTIONS": "-c client_min_messages=warning"}
        done = subprocess.run(command, input=sql, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LauncherError(_sql_failure(done.stderr))
        return done.stdout.strip()

    def _pid_file(self) -> list[str]:
        try:
            return (self.home.postgres / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _make_data_folder(self) -> None:
        data = self.home.postgres
        version = data / "PG_VERSION"
        if version.exists():
            self._check_data_folder(version.read_text(encoding="utf-8").strip())
            return
        if data.exists() and any(data.iterdir()):
            raise LauncherError(f"{data} is not a PostgreSQL data folder, yet it is not empty. Look at it, remove it, start again.")
        say("Making the database cluster.")
        half = data.with_name(data.name + ".new")
        shutil.rmtree(half, ignore_errors=True)  # what an interrupted start left
        self.home.make_folder(half)
        self._initdb(half)
        if data.exists():
            data.rmdir()
        half.rename(data)

    def _check_data_folder(self, version: str) -> None:
        data = self.home.postgres
        if version != MAJOR_VERSION:
            raise LauncherError(f"{data} was made by PostgreSQL {version}; this is {MAJOR_VERSION}. Run `make demo-reset` to start over.")
        if not keys.has_password(self.home.kind, "superuser"):
            raise LauncherError(
                f"{data} is there, but its passwords ({self.home.kind.secrets}) are gone, so nobody can open it. "
                "Put them back, or run `make demo-reset` (for tests: remove the folder) to start over."
            )

    def _initdb(self, target: Path) -> None:
        password_file = target.with_name(target.name + ".password")
        self.home.write(password_file, keys.password(self.home.kind, "superuser"))
        command = [str(self.home.binaries.postgres("initdb")), "-D", str(target), "-U", SUPERUSER]
        # The built-in provider gives every machine the same sort order. pg_trgm still asks the C library what a
        # letter is: with LC_CTYPE=C it would drop every character of a Cyrillic, Arabic or Chinese name.
        command += ["--locale=C", f"--lc-ctype={_character_types()}", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--data-checksums"]
        if not self.home.kind.durable:
            command.append("--no-sync")
        account = self.home.account.run_as
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **account)
        password_file.unlink()
        if done.returncode != 0:
            shutil.rmtree(target, ignore_errors=True)
            raise LauncherError(_initdb_failure(done.stderr))

    def _start_process(self) -> None:
        (self.home.postgres / "postmaster.pid").unlink(missing_ok=True)
        preferred = self._last_port()
        for attempt in range(_START_ATTEMPTS):
            port = free_port(preferred if attempt == 0 else None)
            self._configure(port)
            mark = self.log.stat().st_size if self.log.exists() else 0
            if self._pg_ctl("start", "-w", "-t", str(_START_SECONDS), "-l", str(self.log)):
                return
            if not any(words in self._log_since(mark) for words in _NOT_YET):
                break
        raise self._failure("PostgreSQL did not start.")

    def _last_port(self) -> int | None:
        try:
            text = (self.home.postgres / "leadtrac.port").read_text(encoding="utf-8").strip()
        except OSError:
            return None
        return int(text) if text.isdigit() else None

    def _configure(self, port: int) -> None:
        data, kind = self.home.postgres, self.home.kind
        self.home.write(data / "postgresql.conf", configuration(durable=kind.durable, connections=kind.connections, port=port))
        self.home.write(data / "pg_hba.conf", f"host all all {LOOPBACK}/32 scram-sha-256\n")
        self.home.write(data / "leadtrac.port", f"{port}\n")

    def _log_since(self, mark: int) -> str:
        if not self.log.exists():
            return ""
        return self.log.read_bytes()[mark:].decode(errors="replace")

    def _pg_ctl(self, verb: str, *options: str) -> bool:
        command = [str(self.home.binaries.postgres("pg_ctl")), verb, "-s", "-D", str(self.home.postgres), *options]
        if not self.log.exists():
            self.home.write(self.log, "")
        # Through files, not pipes: the server would inherit a pipe and hold it open for ever.
        quiet = subprocess.DEVNULL
        account = self.home.account.run_as
        done = subprocess.run(command, cwd="/", stdin=quiet, stdout=quiet, stderr=quiet, check=False, **account)
        return done.returncode == 0

    def _failure(self, sentence: str) -> LauncherError:
        return LauncherError(f"{sentence} The end of its log ({self.log}):\n{tail(self.log)}")


def configuration(*, durable: bool, connections: int, port: int) -> str:
    """Return the whole `postgresql.conf`: modest memory, no JIT, random pages at the price of an SSD."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    big = memory >= _BIG_MACHINE_BYTES
    lines = [
        "# Written by the launcher at every start; changes here are lost.",
        f"listen_addresses = '{LOOPBACK}'",
        f"port = {port}",
        "unix_socket_directories = ''",
        "password_encryption = 'scram-sha-256'",
        f"max_connections = {connections}",
        f"shared_buffers = {'1GB' if big else '128MB'}",
        f"effective_cache_size = {'8GB' if big else '1GB'}",
        f"maintenance_work_mem = {'512MB' if big else '64MB'}",
        f"work_mem = {'32MB' if big else '8MB'}",
        "max_wal_size = '4GB'",
        "checkpoint_timeout = '15min'",
        "wal_compression = on",
        "random_page_cost = 1.1",
        "jit = off  # compiling costs more than it saves on queries of a few milliseconds",
        "max_locks_per_transaction = 256  # test databases are built and dropped in one transaction",
        "timezone = 'UTC'",
        "log_timezone = 'UTC'",
        "log_line_prefix = '%m [%p] %d '",
        "log_parameter_max_length = 0  # personal data stays out of the log",
        "log_parameter_max_length_on_error = 0",
        "log_min_error_statement = panic  # a failing statement carries its values",
        "log_error_verbosity = terse  # DETAIL lines carry key values",
    ]
    if not durable:
        lines += [
            "# Tests only: their databases are thrown away, a crash costs nothing but a second run.",
            "fsync = off",
            "synchronous_commit = off",
            "full_page_writes = off",
            "wal_level = minimal",
            "max_wal_senders = 0",
        ]
    return "\n".join(lines) + "\n"


def _character_types() -> str:
    """Return a locale of this machine whose character classes are Unicode's."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8"):
            with suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise LauncherError("This machine has no UTF-8 locale. On Debian: apt-get install -y locales-all")


def _sql_failure(stderr: str) -> str:
    if "password authentication failed" in stderr:
        return (
            "The database does not accept the password in var/secrets: the folder and the data do not belong "
            "together. Run `make demo-reset` (for tests: remove var/test-postgres) to start over."
        )
    return f"PostgreSQL refused a script of the launcher:\n{stderr.strip()}"


def _initdb_failure(stderr: str) -> str:
    if "No space left on device" in stderr:
        return "The disk is full: the database cluster could not be made. Free about 100 MB and start again."
    if "could not look up effective user ID" in stderr:
        return "This user id has no name on this machine (no line in /etc/passwd), and PostgreSQL needs one."
    return f"The database cluster could not be made:\n{stderr.strip()}"

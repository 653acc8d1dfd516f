"""The embedded Redis server: broker and cache on a loopback port, with a password."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher import keys
from launcher.home import Home
from launcher.ports import LOOPBACK, free_port
from launcher.report import LauncherError, tail
from launcher.waiting import is_alive, program_of, until

_START_SECONDS = 120
_STOP_SECONDS = 60
_DATABASES = 64


@dataclass(frozen=True)
class Redis:
    """The Redis server of one home."""

    home: Home

    @property
    def log(self) -> Path:
        """The server's own log, beside its data."""
        return self.home.redis.with_name(self.home.redis.name + ".log")

    def pid(self) -> int | None:
        """Return the process id of the living server of this data folder, or None."""
        text = self._note("redis.pid")
        pid = int(text) if text.isdigit() else None
        if pid is None or not is_alive(pid) or program_of(pid) not in (None, "redis-server"):
            return None
        return pid

    def port(self) -> int | None:
        """Return the port that the server listens on, or that it used last."""
        text = self._note("leadtrac.port")
        return int(text) if text.isdigit() else None

    def is_ready(self) -> bool:
        """Ask the server whether it answers, its append-only file read to the end."""
        return self.pid() is not None and self._cli("ping") == "PONG"

    def start(self) -> None:
        """Start the server and return when it answers. Raises LauncherError with the end of its log."""
        self.home.make_folder(self.home.redis)
        if self.pid() is None:
            self._start_process()
        if not until(lambda: self.is_ready() or self.pid() is None, _START_SECONDS) or not self.is_ready():
            raise LauncherError(f"Redis did not start. The end of its log ({self.log}):\n{tail(self.log)}")

    def stop(self) -> None:
        """Stop the server; what the demo's queue holds is written first."""
        pid = self.pid()
        if pid is None:
            return
        self._cli("shutdown", "save" if self.home.kind.durable else "nosave")
        if not until(lambda: not is_alive(pid), _STOP_SECONDS):
            raise LauncherError(f"Redis (process {pid}) did not stop within {_STOP_SECONDS} seconds.")

    def _start_process(self) -> None:
        folder = self.home.redis
        (folder / "redis.pid").unlink(missing_ok=True)
        port = free_port(self.port())
        self.home.write(folder / "redis.conf", self._configuration(port))
        self.home.write(folder / "leadtrac.port", f"{port}\n")
        if not self.log.exists():
            self.home.write(self.log, "")
        command = [str(self.home.binaries.redis("redis-server")), str(folder / "redis.conf")]
        quiet = subprocess.DEVNULL
        account = self.home.account.run_as
        subprocess.run(command, cwd="/", stdin=quiet, stdout=quiet, stderr=quiet, check=False, **account)
        until(lambda: self.pid() is not None, 5)

    def _configuration(self, port: int) -> str:
        folder = self.home.redis
        durable = self.home.kind.durable
        lines = [
            f"bind {LOOPBACK}",
            f"port {port}",
            f"requirepass {keys.password(self.home.kind, 'redis')}",
            f"dir {folder}",
            f"pidfile {folder / 'redis.pid'}",
            f"logfile {self.log}",
            f"databases {_DATABASES}",
            "daemonize yes",
            "maxmemory-policy noeviction",
            'save ""',
            f"appendonly {'yes' if durable else 'no'}",
        ]
        return "\n".join(lines) + "\n"

    def _note(self, name: str) -> str:
        try:
            return (self.home.redis / name).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def _cli(self, *words: str) -> str:
        command = [str(self.home.binaries.redis("redis-cli")), "-h", LOOPBACK, "-p", str(self.port()), *words]
        environment = {**os.environ, "REDISCLI_AUTH": keys.password(self.home.kind, "redis")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

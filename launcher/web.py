"""The processes of the product, as the demo and the containers start them."""

import http.client
import sys

from launcher.ports import LOOPBACK

_WEB_WORKERS = 2
_WEB_THREADS = 4
_TIMEOUT_SECONDS = 60
_SERVER_ERROR = 500
SEALING_QUEUE = "sealing"  # as leadtrac.settings routes the sealer's tasks

# The web processes keep a pool of database connections; workers hold one each. Neither they, nor workers, nor the scheduler
# know the key that signs the audit log: the sealer alone does.
WITHOUT_LOG_KEY = {"LEADTRAC_LOG_KEY_FILE": "/dev/null"}
WEB_VARIABLES = {"LEADTRAC_DB_POOL": "1", **WITHOUT_LOG_KEY}


def web_command(bind: str) -> list[str]:
    """Return the command of the web server, listening on `host:port`."""
    command = [sys.executable, "-m", "gunicorn", "leadtrac.wsgi:application", "--bind", bind]
    command += ["--workers", str(_WEB_WORKERS), "--threads", str(_WEB_THREADS)]
    command += ["--preload"]  # loaded once and forked: half the time to start, and the processes share their memory
    # Its control socket would lie in the home folder of whoever starts it.
    return [*command, "--timeout", str(_TIMEOUT_SECONDS), "--no-control-socket"]


def worker_command() -> list[str]:
    """Return the command of one worker with one process."""
    return [sys.executable, "-m", "celery", "-A", "leadtrac", "worker", "--concurrency", "1", "--loglevel", "INFO"]


def sealer_command() -> list[str]:
    """Return the command of the worker that seals the audit log and does nothing else."""
    return [*worker_command(), "--queues", SEALING_QUEUE, "--hostname", "sealer@leadtrac"]


def beat_command(schedule: str) -> list[str]:
    """Return the command of the scheduler, which keeps the times of its last runs in the file `schedule`."""
    command = [sys.executable, "-m", "celery", "-A", "leadtrac", "beat", "--loglevel", "INFO"]
    return [*command, "--schedule", schedule, "--pidfile", ""]


def answers(port: int, host: str) -> bool:
    """Say whether the web server on this machine answers a request for `host` with anything but a server error."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": host})
        return connection.getresponse().status < _SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

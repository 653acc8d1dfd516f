"""Who waits for whom: threads on connections of their own, started one after the other, each once the one before it waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from foundation.errors import Conflict
from tests.databases import owner_connection

_WAITING = """
SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = %s
"""


class Waiting:
    """Acts that begin while the test holds rows which they need; they go on when its transaction ends."""

    def __init__(self, world: str) -> None:
        self._world = world
        self._threads: list[threading.Thread] = []
        self._results: list[Any] = []

    def begin(self, act: Callable[[], Any]) -> bool:
        """Start `act` beside the others; returns when it waits for a lock (True), or has ended."""
        number = len(self._threads)
        self._results.append(None)
        thread = threading.Thread(target=self._run, args=(number, act))
        self._threads.append(thread)
        with owner_connection(self._world) as watch:
            before = _waiting(watch, self._world)
            thread.start()
            while thread.is_alive() and _waiting(watch, self._world) <= before:
                thread.join(timeout=0.02)
        return thread.is_alive()

    def ended(self) -> list[Any]:
        """What each returned, or the conflict of which it was told; raises what else ended one, a deadlock first of all."""
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "somebody still waits"
        for result in self._results:
            if isinstance(result, Exception) and not isinstance(result, Conflict):
                raise result
        return self._results

    def _run(self, number: int, act: Callable[[], Any]) -> None:
        try:
            self._results[number] = act()
        except Exception as error:  # noqa: BLE001  # raised again by `ended`, in the thread of the test
            self._results[number] = error
        finally:
            connection.close()


def _waiting(watch: Any, world: str) -> int:
    return int(watch.execute(_WAITING, [world]).fetchone()[0])

"""One JSON line a log record; control characters escaped, so that nothing entered can forge a line.

Nothing that somebody typed, and no value of a row, stands in a line. The text of an exception is left out, because libraries
quote what they were given (a failing row, a date that could not be read); what remains says where and of which kind it was.
An address stands as the pattern of its page, because anything may have been typed into it.
"""

from __future__ import annotations

import copy
import logging
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from foundation.errors import DomainError

# errors whose text is ours, or speaks of files, hosts and settings alone
_TOLD = (DomainError, OSError, ImportError, SystemExit)
_OF_THE_DATABASE = ("schema_name", "table_name", "column_name", "constraint_name")  # names of our own making, never values


class JSONFormatter(structlog.stdlib.ProcessorFormatter):
    """structlog's formatter with JSON output for standard-library records too."""

    def __init__(self) -> None:
        super().__init__(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _without_texts,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
        )

    def format(self, record: logging.LogRecord) -> str:
        """Format without what the caller attached: the request that Django adds carries what was typed."""
        shown = copy.copy(record)
        request = shown.__dict__.pop("request", None)
        path = getattr(request, "path", None)
        if path and isinstance(shown.args, tuple):
            found = getattr(request, "resolver_match", None)
            pattern = f"/{found.route}" if found else "(no page has this address)"
            shown.args = tuple(pattern if argument == path else argument for argument in shown.args)
        if shown.name == "celery.app.trace" and isinstance(shown.args, dict):
            shown.args = {name: "" if name in ("exc", "traceback", "return_value") else value for name, value in shown.args.items()}
        if shown.name.startswith("django.security."):
            shown.msg, shown.args = "refused: %s", (shown.name.rpartition(".")[2],)  # its text quotes the header or the form
        shown.exc_text = None  # what another handler made of it
        return super().format(shown)


def _without_texts(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The structlog processor: `exc_info` becomes the words of `what_happened`."""
    raised: Any = event.pop("exc_info", None)
    if isinstance(raised, tuple) and raised[1] is not None:
        event["exception"] = what_happened(raised[1])
    return event


def what_happened(error: BaseException) -> str:
    """An exception and what it came from, the newest first: kind, place of each step, never a text that may quote a value."""
    said, seen = [], set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        steps = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(current.__traceback__)]
        said.append(" < ".join([_kind(current), *reversed(steps)]))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return " | from | ".join(said)


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, _TOLD):
        return f"{name}: {error}"
    told = getattr(error, "diag", None)
    named = [value for value in (getattr(told, part, None) for part in _OF_THE_DATABASE) if value]
    return f"{name} {getattr(error, 'sqlstate', None) or ''} {'.'.join(named)}".rstrip()

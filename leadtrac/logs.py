"""One JSON line a log record; control characters escaped, so that nothing entered can forge a line."""

from __future__ import annotations

import logging

import structlog


class JSONFormatter(structlog.stdlib.ProcessorFormatter):
    """structlog's formatter with JSON output for standard-library records too."""

    def __init__(self) -> None:
        super().__init__(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
        )

    def format(self, record: logging.LogRecord) -> str:
        """Format without the request object that Django attaches: its address may carry what was typed."""
        record.__dict__.pop("request", None)
        return super().format(record)

"""Logging that cannot carry personal data: only listed keys pass, and no exception message does.

What a resident said, a name or a number may hide in any value and in the text of any exception; so a
line holds a static event, identifiers, and the types and places of errors. Third parties' own lines are
kept from warnings on, without their exception texts.
"""

import contextlib
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

ALLOWED = frozenset(
    [
        *("event", "level", "logger", "timestamp", "error", "error_type", "error_at", "file"),
        *("request_id", "conversation_id", "call_id", "effect_id", "alert_id", "workflow_id", "recording_id"),
        *("resident_id", "organization_id", "stream_id"),
        *("flow", "channel", "line", "state", "action", "disposition", "version", "kind", "component"),
        *("method", "route", "status", "code", "host", "port", "pid"),
        *("duration_ms", "seconds", "count", "attempts", "turn"),
    ]
)
"""Keys that may be logged. Every one holds an identifier, a number, a name of ours or a fixed word."""

_LONGEST = 200
_FRAMES = 6


def drop_unlisted(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Remove keys that are not listed, and values that are not short scalars; say how many went."""
    meta = {key: value for key, value in event.items() if key.startswith("_")}
    kept = {key: value for key, value in event.items() if key in ALLOWED and _harmless(value)}
    dropped = len(event) - len(meta) - len(kept)
    return {**meta, **kept, **({"dropped": dropped} if dropped else {})}


def place_of_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and where it was raised; its message may quote a resident."""
    info = _exception(event.pop("exc_info", None))
    if info is not None:
        event["error_type"] = info[0].__name__
        event["error_at"] = " < ".join(_frames(info[2]))
    event.pop("exception", None)
    event.pop("stack_info", None)
    return event


def configure(*, development: bool) -> None:
    """Send every log line of the process to standard error: for people in development, else as JSON."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        place_of_exception,
        drop_unlisted,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if development
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("assistant", "voice", "integrations", "triage"):
        logging.getLogger(ours).setLevel(logging.INFO)
    _quieten("uvicorn", "uvicorn.error", "uvicorn.access", "dbos")


class _StandardError(logging.Handler):
    """Writes lines to standard error; one that cannot be rendered is not shown raw, as the library would."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:
            line = f"a log line of {record.name} could not be rendered: {type(error).__name__}"
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


def _quieten(*names: str) -> None:
    """Take a library's own handlers away, so that its warnings pass through ours and the rest is not said."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def _harmless(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST
    return value is None or isinstance(value, bool | int | float)


def _exception(info: ExcInfo | BaseException | bool | None) -> ExcInfo | None:
    if isinstance(info, BaseException):
        return type(info), info, info.__traceback__
    if isinstance(info, tuple):
        return info if info[0] is not None else None
    current = sys.exc_info() if info else None
    return current if current and current[0] is not None else None


def _frames(traceback: TracebackType | None) -> Iterable[str]:
    """The innermost frames, deepest first, as file:line."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return reversed(frames[-_FRAMES:])

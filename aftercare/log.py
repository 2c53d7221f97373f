"""What the product writes to its log: events and ids, never a patient's name, number or words."""

import logging
import re
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# A patient's data has these names everywhere in the product. An event that carries one is
# written without it, and says so, so that the line that logged it can be found.
WITHHELD = frozenset(
    {
        *("address", "answer", "birth_date", "body", "caregiver", "content", "dob", "email"),
        *("first_name", "from", "from_", "last_name", "message", "mrn", "name", "note", "number"),
        *("params", "parameters", "patient_name", "phone", "quote", "said", "text", "texts"),
        *("to", "words"),
    }
)

# Numbers as carriers (+1…, %2B1…) and as people write them.
PHONE = re.compile(
    r"(?:\+|%2B)\d[\d\s().-]{5,}\d"
    r"|(?<![\w-])(?:\(\d{3}\)\s?|\d{3}[-.\s])\d{3}[-.\s]?\d{4}(?![\w-])"
    r"|(?<![\w.-])\d{10,15}(?![\w-])"
)

# Libraries that print addresses, arguments or bodies at their usual level.
QUIET = {
    "alembic": logging.WARNING,
    "apprise": logging.CRITICAL,
    "asyncio": logging.WARNING,
    "hpack": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "multipart": logging.WARNING,
    "procrastinate": logging.WARNING,
    "psycopg": logging.WARNING,
    "rasa_sdk": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "twilio": logging.WARNING,
    "urllib3": logging.WARNING,
    "uvicorn": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,
}


def set_up(env: str, stream: TextIO = sys.stderr) -> None:
    """Route every log of this process: JSON lines in production, readable lines otherwise."""
    production = env == "production"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        withhold,
        where_it_failed if production else structlog.processors.format_exc_info,
        hide_numbers,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(production, stream),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name, level in QUIET.items():
        _send_to_root(logging.getLogger(name), level)


def withhold(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Leave out what is named like a patient's data, and name what was left out."""
    named = sorted(WITHHELD & event.keys())
    for key in named:
        del event[key]
    if named:
        event["withheld"] = named
    return event


def hide_numbers(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Blot out phone numbers in every text of the event, its message and trace included."""
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = PHONE.sub("[number]", value)
    return event


def where_it_failed(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An exception as its type and its places in the code.

    Not its message: a database error quotes the row, a validation error the text.
    """
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _renderer(production: bool, stream: TextIO) -> Processor:
    if production:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=stream.isatty())


def _send_to_root(logger: logging.Logger, level: int) -> None:
    # Libraries bring handlers of their own (uvicorn two), which would print past ours.
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(level)

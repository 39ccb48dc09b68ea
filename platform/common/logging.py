"""Log lines: structured, with constant event names, ids instead of objects and never personal data."""

import logging
import logging.config
import traceback
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog
from django.template import TemplateDoesNotExist

# Names of fields that could carry somebody's data; a line that has one loses its value.
_PERSONAL = frozenset(
    {
        "address",
        "birth_date",
        "email",
        "first_name",
        "full_name",
        "last_name",
        "name",
        "phone",
        "postcode",
        "remarks",
        "street",
    }
)
# Their messages name code. All others may quote what somebody typed, or a whole row.
_NAMES_CODE: Final = (
    AttributeError,
    ImportError,
    NameError,
    NotImplementedError,
    TemplateDoesNotExist,
    TypeError,
)
_context_readers: list[Callable[[], dict[str, str]]] = []


def add_context(reader: Callable[[], dict[str, str]]) -> None:
    """Let a lower layer say what every line must carry (the schema, the request)."""
    if reader not in _context_readers:
        _context_readers.append(reader)


def configure(settings: dict[str, Any]) -> None:
    """Send the lines of structlog and of the standard library to standard error in one form."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _with_context,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer() if settings.get("as_json") else structlog.dev.ConsoleRenderer()
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.ExceptionRenderer(error_text),
                        _without_personal_data,
                        renderer,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stderr"], "level": settings.get("level", "INFO")},
            # Django repeats what the request line already says, with the address in full.
            "loggers": {"django.server": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def error_text(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> str:
    """Return where it went wrong and what kind of error it was, without the words of the error.

    PostgreSQL puts the row that it refuses in its message, and Python the value that it cannot read.
    """
    parts: list[str] = []
    error = exc_info[1]
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.insert(0, f"Traceback (most recent call last):\n{frames}{_kind_of(error)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nwhich led to:\n\n".join(parts)


def _kind_of(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, _NAMES_CODE):
        return f"{kind}: {error}"
    diagnosis = getattr(error, "diag", None)
    told = [getattr(diagnosis, name, None) for name in ("sqlstate", "table_name", "constraint_name")]
    return f"{kind} {' '.join(word for word in told if word)}".rstrip()


def _with_context(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for reader in _context_readers:
        for name, value in reader().items():
            line.setdefault(name, value)
    return line


def _without_personal_data(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name in _PERSONAL & line.keys():
        line[name] = "[weggelaten]"
    return line

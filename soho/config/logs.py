"""Structured logs: one line an event, for people on a terminal, as JSON for machines (`SOHO_LOG_JSON=1`)."""

import logging.config
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured


def logging_settings(level: str, *, as_json: bool) -> dict[str, Any]:
    """Configures structlog and the standard library's logging alike; returns what was given to dictConfig.

    Raises ImproperlyConfigured for a level that is none.
    """
    level = level.upper()
    if level not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"SOHO_LOG_LEVEL is {level!r}; set it to DEBUG, INFO, WARNING or ERROR.")
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            # Never the renderer with local variables, which could write a secret to the log.
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    settings = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "soho": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "soho"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # One line a request is the reverse proxy's work; warnings (4xx) would repeat what the answer
            # says.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "celery": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            # They name every address in full, and some addresses are secrets (signed results).
            "httpx": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
        },
    }
    logging.config.dictConfig(settings)
    return settings

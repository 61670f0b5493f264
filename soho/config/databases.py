"""`DATABASE_URL` as Django's database settings. PostgreSQL is the only dialect (docs/decisions/0001)."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A server that vanished without a word (a machine switched off, a firewall that forgot the connection) is
# found out within half a minute; the system's own patience is two hours, and so long a thread would hang.
# Seconds, but `tcp_user_timeout` in milliseconds; libpq ignores the last five on Unix sockets.
_NOT_FOR_EVER = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def database_from_url(url: str, *, pool_size: int) -> dict[str, Any]:
    """Settings for `postgresql://user:password@host:port/name?option=value`.

    A `host` option may name a folder that holds a Unix socket. `pool_size` is the most connections one
    process opens; 0 turns the pool off. Raises ImproperlyConfigured for anything but PostgreSQL.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL has a port that is not a number.") from error
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    if pool_size:
        # A request or a heartbeat that finds the pool empty fails after `timeout` seconds instead of waiting
        # for ever. A pool that cannot connect pauses twice as long each time until `reconnect_timeout`, five
        # minutes by default, and whoever asks waits with it. Given up when those who wait give up, it tries
        # anew for the next who asks: no pause is longer than four seconds, however long the outage. (Given up
        # sooner, those who wait already would be forgotten until their own time is over.)
        options["pool"] = {
            "min_size": 0,
            "max_size": pool_size,
            "timeout": 10,
            "max_idle": 300,
            "reconnect_timeout": 10,
        }
    options = _NOT_FOR_EVER | options
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 0 if pool_size else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }

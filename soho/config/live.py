"""Where browsers find the live door, as one short text: the `SOHO_LIVE_URL` of docs/configuration.md.

`/` is this site's own address, where a reverse proxy hands `/live/` to the door; `:8001` is the host the page
was opened under, at another port; "" means there is no door and pages ask again by themselves. It is never
another host: cookies, which say who is there, belong to a host (and to all ports of it).
"""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured


def live_url(said: str, *, own_address: bool, port: int) -> str:
    """The meaning of `SOHO_LIVE_URL`; `own_address` says that a proxy stands in front, which is then the
    default.

    Raises ImproperlyConfigured.
    """
    if not said:
        return "/" if own_address else f":{port}"
    if said == "off":
        return ""
    number = said.removeprefix(":")
    if said == "/" or (
        said != number and number.isascii() and number.isdecimal() and 0 < int(number) < 65536
    ):
        return said
    raise ImproperlyConfigured(
        f"SOHO_LIVE_URL is {said!r}; set it to / (a proxy hands /live/ on), a port such as :8001, or off."
    )


def live_address(url: str, *, scheme: str, host: str) -> str | None:
    """What stands before `/live/...` for a page opened under `host`: "" for its own address, None without a
    door.

    A bare IPv6 address has no live door: a Content-Security-Policy cannot name one.
    """
    if not url or "[" in host:
        return None
    return "" if url == "/" else f"{scheme}://{host.partition(':')[0]}{url}"


def live_sources(url: str, *, scheme: str, hosts: Iterable[str]) -> list[str]:
    """What the pages' `connect-src` must allow beside 'self': the door under every name of this site."""
    if not url.startswith(":"):
        return []
    names: dict[str, None] = {}
    for host in sorted(hosts):
        if host.startswith("."):
            names |= {host[1:]: None, f"*{host}": None}
        elif "[" not in host and host:
            names[host] = None
    return [f"{scheme}://{name}{url}" for name in names]

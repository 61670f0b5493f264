"""Why the live door does not open, as problem documents with stable codes."""

from typing import Any, ClassVar

from soho.problems.refusals import InvalidField, NotFound, Refusal


class NobodyKnown(Refusal):
    """Sign in, or send an API key as `Authorization: Bearer ...`."""

    status = 401
    code = "unauthenticated"
    title = "Sign in first"

    def __init__(self) -> None:
        super().__init__("Sign in, or send an API key as `Authorization: Bearer ...`.")


class ForeignPage(Refusal):
    """A page of another site may not listen here."""

    status = 403
    code = "foreign_origin"
    title = "Another site's page"

    def __init__(self) -> None:
        super().__init__("Only this site's own pages may listen, or a program with an API key.")


class UnknownHost(Refusal):
    """The host is none of SOHO_ALLOWED_HOSTS."""

    status = 400
    code = "bad_request"
    title = "Unknown host"

    def __init__(self) -> None:
        super().__init__("This host name is not one of this site's.")


class NotHere(NotFound):
    """There is no such stream."""

    def __init__(self) -> None:
        super().__init__("There is no such stream; there are /live/me and /live/feed.")


class OnlyGet(Refusal):
    """Streams are read."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"
    headers: ClassVar = {"Allow": "GET"}

    def __init__(self) -> None:
        super().__init__("Streams are read with GET.")


class BadSince(InvalidField):
    """`since` names no place in the feed."""

    def __init__(self) -> None:
        super().__init__("since", "Write the newest post's publishedAt and creationId with a comma between.")


class TooMany(Refusal):
    """As many streams as one may have are open."""

    status = 429
    code = "too_many_streams"
    title = "Too many streams"
    headers: ClassVar = {"Retry-After": "60"}

    def __init__(self, who_has: str, most: int) -> None:
        super().__init__(f"{who_has} {most} streams open already. Close one, or ask again in a minute.")
        self.most = most

    @property
    def extra(self) -> dict[str, Any]:
        return {"limit": self.most}


class DoorFull(Refusal):
    """As many streams as this process may have are open."""

    status = 503
    code = "live_full"
    title = "No room for another stream"
    headers: ClassVar = {"Retry-After": "30"}

    def __init__(self) -> None:
        super().__init__(
            "As many people listen as this door has room for. Pages go on by asking; try again later."
        )


class Unavailable(Refusal):
    """The database does not answer."""

    status = 503
    code = "unavailable"
    title = "Not available"
    headers: ClassVar = {"Retry-After": "10"}

    def __init__(self) -> None:
        super().__init__("The database does not answer just now. Try again in a moment.")

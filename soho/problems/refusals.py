"""Why a request is refused. Each refusal becomes a problem document (soho/problems/documents.py)."""

from typing import Any, ClassVar


class Refusal(Exception):
    """A request that cannot be granted.

    `status` is the HTTP status, `code` is stable, the message is for a person.
    """

    status: ClassVar[int] = 400
    code: str = "refused"
    title: ClassVar[str] = "Refused"

    @property
    def extra(self) -> dict[str, Any]:
        """Further members of the problem document."""
        return {}


class NotFound(Refusal):
    """There is no such creation, or it is not yours."""

    status = 404
    code = "not_found"
    title = "Not found"

    def __init__(self, what: str = "There is no such creation, or it is not yours.") -> None:
        super().__init__(what)


class InvalidField(Refusal):
    """A field of the request is not acceptable."""

    status = 422
    code = "invalid"
    title = "Invalid input"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    @property
    def extra(self) -> dict[str, Any]:
        return {"errors": [{"field": self.field, "message": str(self)}]}

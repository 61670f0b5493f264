"""What every room's JSON has in common: camelCase outside, and problem documents for errors."""

from ninja import Schema
from pydantic import ConfigDict
from pydantic.alias_generators import to_camel


class Camel(Schema):
    """Snake case here, camelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class FieldError(Camel):
    """A field and what is wrong with it."""

    field: str
    message: str


class Problem(Camel):
    """An RFC 9457 problem document.

    `code` is stable; `errors`, `balance` and `price` are there where they apply.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    balance: int | None = None
    price: int | None = None
    creation_status: str | None = None
    retry_after: int | None = None

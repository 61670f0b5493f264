"""What the API says of a person and their tokens."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from soho.problems.schemas import Camel


class BalanceOut(Camel):
    """Tokens free to spend, and tokens held for work that has not succeeded yet."""

    available: int
    held: int


class UserOut(Camel):
    """A person."""

    user_id: UUID
    username: str


class MeOut(Camel):
    """Who is asking."""

    user: UserOut
    balance: BalanceOut


class ReceiptOut(Camel):
    """One movement of tokens as its owner sees it: negative when tokens left the balance."""

    receipt_id: UUID
    kind: Literal["grant", "revoke", "hold", "capture", "release"]
    amount: int
    balance: int
    reason: str
    creation_id: UUID | None
    created_at: datetime


class ReceiptPage(Camel):
    """Movements of tokens, newest first."""

    receipts: list[ReceiptOut]
    next_cursor: str | None

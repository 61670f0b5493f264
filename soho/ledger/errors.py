"""What the ledger refuses. Each docstring is the message a person may read."""

from uuid import UUID


class LedgerError(Exception):
    """The books refuse this movement."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


class InsufficientTokens(LedgerError):
    """There are not enough tokens for this."""

    def __init__(self, balance: int, price: int) -> None:
        super().__init__(balance, price)
        self.balance = balance
        self.price = price

    def __str__(self) -> str:
        return f"This takes {self.price} tokens and the balance is {self.balance}."


class InvalidAmount(LedgerError):
    """Tokens move in whole numbers, from 1 to 1,000,000,000 at a time."""


class ReasonMissing(LedgerError):
    """Every movement of tokens needs a reason of 1 to 200 characters."""


class KeyReused(LedgerError):
    """This key already names a different movement of tokens."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class NoAccounts(LedgerError):
    """This person has no token accounts."""

    def __init__(self, user_id: UUID) -> None:
        super().__init__(user_id)
        self.user_id = user_id


class UnknownHold(LedgerError):
    """There is no such hold."""

    def __init__(self, hold_id: UUID) -> None:
        super().__init__(hold_id)
        self.hold_id = hold_id


class AlreadyResolved(LedgerError):
    """This hold was already ended the other way."""

    def __init__(self, hold_id: UUID, kind: str) -> None:
        super().__init__(hold_id, kind)
        self.hold_id = hold_id
        self.kind = kind

    def __str__(self) -> str:
        return f"Hold {self.hold_id} already ended as a {self.kind}."


class NothingCaptured(LedgerError):
    """Nothing was spent on this, so there is nothing to give back."""


class AlreadyRefunded(LedgerError):
    """The tokens that were spent on this were given back already."""

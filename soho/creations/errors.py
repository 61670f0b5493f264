"""Why something asked of a creation is refused."""

from typing import Any

from soho.problems.refusals import NotFound, Refusal


class IllegalTransition(Refusal):
    """The creation's status does not allow that."""

    status = 409
    code = "wrong_status"
    title = "Not in this status"

    def __init__(self, arrow: str, verb: str, current: str) -> None:
        hint = {
            ("delete", "pending"): " Cancel it first.",
            ("delete", "processing"): " Cancel it first.",
            ("publish", "published"): " It is in the feed already.",
            ("retry", "pending"): " It is on its way already.",
            ("retry", "processing"): " It is on its way already.",
        }.get((arrow, current), "")
        super().__init__(f"This creation cannot {verb} while it is {current}.{hint}")
        self.current = current

    @property
    def extra(self) -> dict[str, Any]:
        return {"creationStatus": self.current}


class IdempotencyMismatch(Refusal):
    """The Idempotency-Key was used before for a different request."""

    status = 422
    code = "idempotency_mismatch"
    title = "Idempotency-Key reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for a different request. Use a new key for a new request."
        )

    @property
    def extra(self) -> dict[str, Any]:
        return {"errors": [{"field": "Idempotency-Key", "message": str(self)}]}


class NotEnoughTokens(Refusal):
    """The balance does not cover the price."""

    status = 402
    code = "not_enough_tokens"
    title = "Not enough tokens"

    def __init__(self, balance: int, price: int) -> None:
        tokens = "token" if price == 1 else "tokens"
        super().__init__(
            f"This costs {price} {tokens} and you have {balance}. "
            "Nothing was started and nothing was charged."
        )
        self.balance = balance
        self.price = price

    @property
    def extra(self) -> dict[str, Any]:
        return {"balance": self.balance, "price": self.price}


class TooLateToUndo(NotFound):
    """It was not deleted by this person, or is gone for good."""

    def __init__(self) -> None:
        super().__init__("This was not deleted, or it is too late to undo that.")


class NothingToDownload(Refusal):
    """None of what was chosen has media."""

    status = 409
    code = "nothing_to_download"
    title = "Nothing to download"

    def __init__(self) -> None:
        super().__init__("None of these is ready yet, so there is nothing to download.")


class TooLarge(Refusal):
    """More is asked for than may be packed into one archive."""

    status = 413
    code = "too_large"
    title = "Too large for one archive"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"These come to {size / 2**20:,.0f} MiB and one archive holds {limit / 2**20:,.0f}. Choose fewer."
        )


class LeaseLost(Exception):
    """The worker's claim is no longer its own:

    cancelled, or taken over by another worker. It must stop and write nothing.
    """

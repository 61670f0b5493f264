"""What the desk refuses."""

from soho.problems.refusals import Refusal


class CannotRefund(Refusal):
    """There is nothing (any more) to give back."""

    status = 409
    code = "cannot_refund"
    title = "Cannot be refunded"

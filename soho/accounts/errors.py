"""What accounts refuse. Each docstring is the message a person may read; `code` is what a program reads."""

from soho.problems.refusals import Refusal


class AccountsError(Refusal):
    """This is not possible."""

    title = "Refused"

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


class InvalidKey(AccountsError):
    """This API key does not exist, was revoked, or belongs to an account that is switched off."""

    code = "invalid_key"
    status = 401
    title = "Invalid API key"


class InvitationRefused(AccountsError):
    """This link was used, replaced or has expired, or the site has an operator already. Start Soho again for
    a new link."""

    code = "invitation_refused"
    status = 410
    title = "This link is over"

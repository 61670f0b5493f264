"""Usernames: lower case, safe in a URL, and never a word that a page already has."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

# What the house posts under (soho/house). Nobody else may have it.
HOUSE_NAME = "soho-house"

# Every first path segment below /soho/ and /, and names that would pass for the operator's.
RESERVED = frozenset(
    """
    about abuse account accounts admin administrator anonymous api app assets auth billing blog contact create
    dashboard discover docs drafts embed everyone explore feed feeds following healthz help home hot house
    images live login logout me media metrics moderator new null oembed official operator password people post
    posts privacy profile public readyz register report reset robots root rss safety search security settings
    sign-in sign-up signin signout signup sitemap soho soho-house soho.house
    staff static status styleguide support system tag tags
    team terms top trending undefined user username users video videos webhooks welcome well-known www
    """.split()  # noqa: SIM905 - words to read, not 80 quoted strings
)

_shape = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9._-]{0,28}[a-z0-9])\Z",
    "Use 2 to 30 lower-case letters, digits, dots, hyphens or underscores, "
    "beginning and ending with a letter or digit.",
    code="username_shape",
)


def canonical(name: str) -> str:
    """The name as it is kept: without surrounding blanks, in lower case.

    Only ASCII is lowered: a look-alike such as KELVIN SIGN would otherwise turn into the letter it imitates,
    where the validators are to refuse it.
    """
    name = name.strip()
    return name.lower() if name.isascii() else name


def refuse_reserved(name: str) -> None:
    """Raises ValidationError when `name` is a word the product keeps for itself."""
    if name.lower().replace("_", "-") in RESERVED:
        raise ValidationError(
            "That name is kept for the site itself. Choose another.", code="username_reserved"
        )


username_validators: list[Callable[[str], None]] = [_shape, refuse_reserved]

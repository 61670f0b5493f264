"""The house's account: a person like any other in the books and the feed, whom nobody can sign in as."""

from uuid import UUID

from django.db import IntegrityError, transaction

from soho.accounts.models import User
from soho.accounts.names import HOUSE_NAME
from soho.house.errors import HouseNameTaken
from soho.ledger.actions import open_accounts

# The same everywhere, like the ids of the house's accounts in the ledger: it is known by its id, not by its
# name.
HOUSE_ID = UUID("00000000-0000-7000-8000-000000000008")
BIO = (
    "The house's own account. What hangs here was painted by the built-in renderer, so that a new room is "
    "not an empty one."
)


def locked_account() -> User:
    """The house's account, made if there is none, and locked until the caller's transaction ends: whoever
    fills or clears the feed does so one after the other.

    Raises HouseNameTaken.
    """
    found = _lock()
    if found is None:
        _open()
        found = _lock()
    assert found is not None
    return found


def _lock() -> User | None:
    return User.objects.select_for_update(no_key=True).filter(pk=HOUSE_ID).first()


def _open() -> None:
    house = User(id=HOUSE_ID, username=HOUSE_NAME, bio=BIO)
    house.set_unusable_password()
    try:
        with transaction.atomic():
            house.save(force_insert=True)
            open_accounts(house)
    except IntegrityError as error:
        if not User.objects.filter(pk=HOUSE_ID).exists():
            raise HouseNameTaken(HOUSE_NAME) from error

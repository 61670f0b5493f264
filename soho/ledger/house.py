"""The house's two accounts. Their ids are the same everywhere, so no movement looks them up."""

from typing import Any
from uuid import UUID

from django.apps import apps as installed

ISSUANCE = UUID("00000000-0000-7000-8000-000000000001")
REVENUE = UUID("00000000-0000-7000-8000-000000000002")


def open_house_accounts(*, using: str, apps: Any = installed, **_: object) -> None:
    """Makes the house's accounts where they are missing, after every `migrate` and `flush`."""
    try:
        account = apps.get_model("ledger", "Account")
    except LookupError:
        return  # migrated back to before there was a ledger
    account.objects.using(using).bulk_create(
        [account(id=ISSUANCE, kind="issuance"), account(id=REVENUE, kind="revenue")], ignore_conflicts=True
    )

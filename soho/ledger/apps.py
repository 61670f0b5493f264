from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "soho.ledger"

    def ready(self) -> None:
        from soho.ledger.house import open_house_accounts

        post_migrate.connect(open_house_accounts, sender=self, dispatch_uid="soho.ledger.house")

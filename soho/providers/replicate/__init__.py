"""Models on Replicate.

Of a model in `soho.toml`: `id`, such as "owner/name", "owner/name:version" or a version, and `input`, what it
is sent: `{ prompt = "$prompt", aspect_ratio = "$ratio", seed = "$seed" }`.
"""

from django.conf import settings

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Health, Provider
from soho.providers.download import Limits
from soho.providers.faults import Faults
from soho.providers.offers import Offers, configured
from soho.providers.remote import RemoteProvider
from soho.providers.replicate import models
from soho.providers.replicate.client import API_URL, Replicate


class ReplicateProvider(RemoteProvider):
    """Replicate's predictions, with `no_key` to say while there is no key."""

    def __init__(self, remote: Replicate, no_key: str) -> None:
        super().__init__(remote)
        self._no_key = no_key

    def health(self, model: str) -> Health:
        """See Provider.health."""
        return Health(False, self._no_key) if self._no_key else super().health(model)


def make(config: ProviderConfig) -> Provider:
    """Replicate's predictions. Raises ImproperlyConfigured."""
    faults = Faults("Replicate", config.key)
    remote = Replicate(
        config.name,
        faults,
        Offers(configured(config, models.KNOWN, models.other), faults),
        key=config.key,
        api_url=config.address or API_URL,
        # Replicate's own clock ends what no worker of ours will wait for.
        deadline=int(settings.ATTEMPT_SECONDS),
        limits=Limits(max_bytes=settings.MAX_MEDIA_BYTES),
    )
    return ReplicateProvider(remote, "" if config.key else config.no_key)

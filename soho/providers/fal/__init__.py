"""Models on fal. Of a model in `soho.toml`: `id`, such as "fal-ai/flux/dev", and `input`, what it is sent:

    input = { prompt = "$prompt", aspect_ratio = "$ratio", duration = "${seconds}s", seed = "$seed" }

A provider's `platform_address` is where prices are asked for, which is how the key is checked.
"""

from django.conf import settings

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Health, Provider
from soho.providers.download import Limits
from soho.providers.fal import models
from soho.providers.fal.client import PLATFORM_URL, QUEUE_URL, Fal
from soho.providers.faults import Faults
from soho.providers.offers import Offers, configured
from soho.providers.remote import RemoteProvider


class FalProvider(RemoteProvider):
    """fal's queue, with `no_key` to say while there is no key."""

    def __init__(self, remote: Fal, no_key: str) -> None:
        super().__init__(remote)
        self._no_key = no_key

    def health(self, model: str) -> Health:
        """See Provider.health."""
        return Health(False, self._no_key) if self._no_key else super().health(model)


def make(config: ProviderConfig) -> Provider:
    """fal's queue. Raises ImproperlyConfigured."""
    faults = Faults("fal", config.key)
    # The key of another server is not for fal, and fal's not for another server.
    platform = config.options.text("platform_address", config.address or PLATFORM_URL)
    remote = Fal(
        config.name,
        faults,
        Offers(configured(config, models.KNOWN, models.other), faults),
        key=config.key,
        queue_url=config.address or QUEUE_URL,
        platform_url=platform,
        limits=Limits(max_bytes=settings.MAX_MEDIA_BYTES),
    )
    return FalProvider(remote, "" if config.key else config.no_key)

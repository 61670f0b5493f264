"""Google: video by the Interactions API, images by Gemini, and Veo on Vertex.

Keys of a provider in `soho.toml`: `project` and `location` for Vertex, which signs in as the machine does;
without them the provider's key is one of the Developer API. Of a model: `input`, such as `{ resolution =
"1080p" }`.
"""

from django.conf import settings

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Provider
from soho.providers.download import Limits
from soho.providers.google import models
from soho.providers.late import Late
from soho.providers.offers import configured


def make(config: ProviderConfig) -> Provider:
    """Google by a key or by a project. Raises ImproperlyConfigured, ImportError."""
    project = config.options.text("project")
    location = config.options.text("location", "us-central1")
    offers = configured(config, models.VERTEX if project else models.DEVELOPER, models.other)

    def load() -> Provider:
        from soho.providers.google.provider import Google

        return Google(
            config.name,
            offers,
            key="" if project else config.key,
            project=project,
            location=location,
            base_url=config.address,
            limits=Limits(max_bytes=settings.MAX_MEDIA_BYTES),
            no_key=config.no_key,
        )

    return Late(config.name, tuple(offer.info for offer in offers), "google.genai", load)

"""Servers that speak the OpenAI protocol: OpenAI for images, vLLM-Omni, SGLang and LiteLLM for both.

Keys of a provider in `soho.toml`: `form = "json"` for SGLang, which takes a text-only video as JSON alone;
`hosts`, names that a server may name as the place of an image. Of a model: `input`, what is sent beside
prompt, model, size and seconds.
"""

from django.conf import settings

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Provider
from soho.providers.download import Limits
from soho.providers.late import Late
from soho.providers.offers import configured
from soho.providers.openai import models

BASE_URL = "https://api.openai.com/v1"


def make(config: ProviderConfig) -> Provider:
    """One server; a key is needed for OpenAI's own alone. Raises ImproperlyConfigured, ImportError."""
    address = config.address or BASE_URL
    is_hosted = address.rstrip("/") == BASE_URL
    if not is_hosted and not config.models:
        config.wrong("models", "say which models this server has, each in a table of its own.")
    offers = configured(
        config, models.HOSTED if is_hosted else (), models.sold if is_hosted else models.served
    )
    as_json = config.options.text("form", "multipart", one_of=("multipart", "json")) == "json"
    hosts = config.options.texts("hosts")
    title = config.options.text("title", "OpenAI" if is_hosted else config.name)

    def load() -> Provider:
        from soho.providers.openai.provider import OpenAI

        return OpenAI(
            config.name,
            offers,
            key=config.key,
            base_url=address,
            title=title,
            as_json=as_json,
            hosts=hosts,
            limits=Limits(max_bytes=settings.MAX_MEDIA_BYTES),
            no_key=config.no_key if is_hosted else "",
        )

    return Late(config.name, tuple(offer.info for offer in offers), "openai", load)

"""Workflows on one's own ComfyUI server. See `models` for the configuration and `workflow` for the marks."""

from django.conf import settings

from soho.providers.comfyui.client import ComfyUI
from soho.providers.comfyui.models import offers
from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Provider
from soho.providers.download import Limits
from soho.providers.faults import Faults
from soho.providers.remote import RemoteProvider

ADDRESS = "http://127.0.0.1:8188"


def make(config: ProviderConfig) -> Provider:
    """The workflows of one ComfyUI server. Raises ImproperlyConfigured."""
    return RemoteProvider(
        ComfyUI(
            config.name,
            Faults("ComfyUI", config.key),
            offers(config),
            address=config.address or ADDRESS,
            key=config.key,
            limits=Limits(max_bytes=settings.MAX_MEDIA_BYTES),
        )
    )

"""One server that speaks the OpenAI protocol, as a provider."""

from pathlib import Path

from soho.providers.contract import Health, Job, Watch
from soho.providers.download import Limits
from soho.providers.faults import Faults
from soho.providers.offers import Offer, Offers
from soho.providers.openai.client import Client
from soho.providers.openai.images import Images
from soho.providers.openai.videos import Videos
from soho.providers.remote import RemoteProvider


class OpenAI(RemoteProvider):
    """`key` may be empty for a server of one's own; `no_key` is what to say where it must not be."""

    def __init__(
        self,
        name: str,
        offers: tuple[Offer, ...],
        *,
        key: str = "",
        base_url: str,
        title: str = "OpenAI",
        as_json: bool = False,
        hosts: tuple[str, ...] = (),
        limits: Limits | None = None,
        again_in: float = 2.0,
        no_key: str = "",
    ) -> None:
        faults = Faults(title, key)
        client = Client(faults, base_url=base_url, key=key)
        sold = Offers(offers, faults)
        super().__init__(Videos(name, client, sold, as_json=as_json, limits=limits, again_in=again_in))
        self._images = Images(client, sold, hosts=hosts, limits=limits)
        self._no_key = "" if key else no_key

    def health(self, model: str) -> Health:
        """See Provider.health."""
        if self._no_key:
            return Health(False, self._no_key)
        return super().health(model)

    def cancel(self, job: Job) -> None:
        """See Stoppable.cancel. A call for an image ends by itself."""
        if job.kind == "video":
            super().cancel(job)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """See Provider.generate."""
        if job.kind == "image":
            return self._images.generate(job, workspace, watch)
        return super().generate(job, workspace, watch)

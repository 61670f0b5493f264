"""Google as a provider: each job goes to the API that its model has."""

from pathlib import Path

from google.auth.credentials import Credentials

from soho.providers.contract import Health, Job, ModelInfo, Watch
from soho.providers.download import Limits
from soho.providers.faults import Faults
from soho.providers.google.client import Client
from soho.providers.google.images import Images
from soho.providers.google.interactions import Interactions
from soho.providers.google.veo import Veo
from soho.providers.offers import Offer, Offers
from soho.providers.remote import RemoteProvider, Report


class Videos:
    """Sends each job to the API that its model has: Veo's, or that of interactions."""

    def __init__(
        self, name: str, client: Client, offers: Offers, interactions: Interactions, veo: Veo
    ) -> None:
        self.name = name
        self._client = client
        self._offers = offers
        self._interactions = interactions
        self._veo = veo

    def _of(self, job: Job) -> Interactions | Veo:
        is_veo = self._offers[job.model].remote.startswith("veo-")
        return self._veo if is_veo else self._interactions

    def models(self) -> tuple[ModelInfo, ...]:
        """See Remote.models."""
        return self._offers.infos

    def health(self, model: str) -> Health:
        """See Remote.health."""
        return self._client.health(self._offers[model].remote)

    def submit(self, job: Job) -> str:
        """See Remote.submit."""
        return self._of(job).submit(job)

    def find(self, job: Job) -> str | None:
        """See Remote.find."""
        return self._of(job).find(job)

    def poll(self, job: Job, reference: str) -> Report:
        """See Remote.poll."""
        return self._of(job).poll(job, reference)

    def cancel(self, job: Job, reference: str) -> None:
        """See Remote.cancel."""
        self._of(job).cancel(job, reference)

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """See Remote.fetch."""
        return self._of(job).fetch(job, reference, workspace)


class Google(RemoteProvider):
    """By a key, the Developer API; by a project, Vertex.

    Veo needs Vertex: the SDK has it nowhere else. Without `credentials` Vertex uses those of the machine
    (GOOGLE_APPLICATION_CREDENTIALS, or what the cloud gives).
    """

    def __init__(
        self,
        name: str,
        offers: tuple[Offer, ...],
        *,
        key: str = "",
        project: str = "",
        location: str = "",
        credentials: Credentials | None = None,
        base_url: str = "",
        title: str = "Google",
        limits: Limits | None = None,
        again_in: float = 5.0,
        no_key: str = "",
    ) -> None:
        faults = Faults(title, key)
        client = Client(
            faults, key=key, project=project, location=location, credentials=credentials, base_url=base_url
        )
        sold = Offers(offers, faults)
        super().__init__(
            Videos(
                name,
                client,
                sold,
                Interactions(client, sold, limits=limits, again_in=again_in),
                Veo(client, sold, again_in=again_in),
            )
        )
        self._sold = sold
        self._images = Images(client, sold)
        self._is_vertex = bool(project)
        self._no_key = "" if key or project else no_key

    def health(self, model: str) -> Health:
        """See Provider.health."""
        if self._no_key:
            return Health(False, self._no_key)
        if not self._is_vertex and self._sold[model].remote.startswith("veo-"):
            return Health(False, "Veo needs Vertex: set a project, and sign this machine in to Google Cloud.")
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

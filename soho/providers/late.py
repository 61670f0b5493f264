"""A provider whose packages are slow to import: they are imported when it is first asked to do something."""

import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from soho.providers.contract import Health, Job, ModelInfo, Provider, Stoppable, Watch


class Late:
    """Stands for what `load` makes. `package` must be installed: raises ImportError otherwise."""

    def __init__(
        self, name: str, models: tuple[ModelInfo, ...], package: str, load: Callable[[], Provider]
    ) -> None:
        if not _is_installed(package):
            raise ImportError(f"No module named {package!r}", name=package)
        self.name = name
        self._models = models
        self._load = load
        self._loaded: Provider | None = None
        self._lock = threading.Lock()

    @property
    def loaded(self) -> Provider:
        """The provider itself."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def models(self) -> tuple[ModelInfo, ...]:
        """See Provider.models."""
        return self._models

    def health(self, model: str) -> Health:
        """See Provider.health."""
        return self.loaded.health(model)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """See Provider.generate."""
        return self.loaded.generate(job, workspace, watch)

    def cancel(self, job: Job) -> None:
        """See Stoppable.cancel."""
        if isinstance(self.loaded, Stoppable):
            self.loaded.cancel(job)


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False

"""A provider whose packages are not installed: its models are shown as unavailable, with what to install."""

from pathlib import Path

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Health, Job, ModelInfo, ProviderError, Watch


class Absent:
    """Stands for a provider that cannot be loaded; offers what the operator configured, and makes nothing."""

    def __init__(self, config: ProviderConfig, extra: str, *, missing: str) -> None:
        self.name = config.name
        install = f"install soho[{extra}]" if extra else f"install {missing}"
        self._sentence = f"The package {missing} is not installed; {install}."
        self._models = tuple(
            one.info(ModelInfo(name=one.name, title=one.name, description="", kinds=("video",)))
            for one in config.models
        ) or (ModelInfo(name=config.name, title=config.name, description="", kinds=("video",)),)

    def models(self) -> tuple[ModelInfo, ...]:
        """See Provider.models."""
        return self._models

    def health(self, model: str) -> Health:
        """Never well, and what to install."""
        return Health(ok=False, sentence=self._sentence)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """Always raises ProviderError."""
        raise ProviderError(
            "unavailable",
            "This model is not available at the moment. Your tokens are safe; try again later.",
            retriable=True,
            detail=self._sentence,
        )

"""The server of the rehearsals."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from soho.providers.configuration import Options, Place, ProviderConfig
from soho.providers.contract import Kind, Provider
from tests.providers.scenarios import Scenario
from tests.support.far import make
from tests.support.far_server import KEY, FarServer, far_server


@dataclass
class FarStandIn:
    far: FarServer
    provider: Provider
    cannot: dict[Scenario, str] = field(default_factory=dict)

    def model(self, kind: Kind) -> str | None:
        return "far"

    def plays(self, scenario: Scenario) -> None:
        self.far.scenario = scenario
        if scenario == Scenario.DOWN:
            self.provider = configured("http://127.0.0.1:1")

    @property
    def bought(self) -> int:
        return self.far.bought

    @property
    def cancelled(self) -> int:
        return self.far.cancelled

    @property
    def keys_seen_elsewhere(self) -> int:
        return self.far.keys_seen_elsewhere


def configured(address: str) -> Provider:
    place = Place("soho.toml", "providers.far")
    return make(
        ProviderConfig(
            name="far",
            kind="tests.support.far",
            place=place,
            address=address,
            key=KEY,
            key_variable="SOHO_FAR_KEY",
            models=(),
            options=Options(place, {}, Path()),
            folder=Path(),
        )
    )


@contextlib.contextmanager
def stand_in() -> Iterator[FarStandIn]:
    with far_server() as far:
        yield FarStandIn(far, configured(far.address))

"""What the house refuses. The message is for the operator."""

from soho.problems.refusals import Refusal


class HouseNameTaken(Refusal):
    """Somebody had the house's name before it was kept for the house."""

    status = 409
    code = "house_name_taken"
    title = "The name is taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Somebody is called {name} here already, so the house has no name to post under. "
            "Rename that account first."
        )


class NobodyPaints(Refusal):
    """The built-in renderer is not on offer."""

    status = 409
    code = "no_renderer"
    title = "Nobody paints"

    def __init__(self) -> None:
        super().__init__(
            "The house's posts are painted by the built-in renderer, which is not on offer here. "
            "Add soho.providers.diorama to SOHO_PROVIDERS."
        )

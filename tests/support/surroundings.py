"""The environment of somebody who has configured nothing, for starting the product beside the test run."""

import os

_OF_THE_TEST_RUN = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR"}


def nothing_configured(**named: str) -> dict[str, str]:
    """The caller's environment without what the test run set for itself, and with `named`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OF_THE_TEST_RUN and not name.startswith(("SOHO_", "R2_"))
    }
    return {**kept, **named}

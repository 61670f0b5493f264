"""What the drill does inside the product, as a process of its own: `python -m tests.chaos.inside WORD ...`.

people NAME ...   makes them; prints their API keys as a JSON object
verdict           sweeps orphans with no grace, then examines everything; prints both as a JSON object
"""

import json
import sys
from datetime import timedelta
from typing import Any


def main() -> None:
    import django

    django.setup()
    word, *names = sys.argv[1:]
    print(json.dumps(_people(names) if word == "people" else _verdict()))


def _people(names: list[str]) -> dict[str, str]:
    from soho.accounts.actions import create_api_key, create_user

    return {name: create_api_key(create_user(name, "between the acts 7"), "drill")[1] for name in names}


def _verdict() -> dict[str, Any]:
    from soho.creations.objects import remove_doomed, remove_orphans, storage
    from soho.doctor import examine

    doomed = remove_doomed()
    orphans = remove_orphans(older_than=timedelta())
    return {
        "doomed": doomed,
        "orphans": orphans,
        "findings": [str(found) for found in examine()],
        "objects": sum(1 for _ in storage().keys()),  # noqa: SIM118 - a storage is no dict
    }


if __name__ == "__main__":
    main()

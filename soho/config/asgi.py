"""The live door for an ASGI server."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")
django.setup()

from soho.live.door import Door  # noqa: E402 - needs Django set up

application = Door()

"""The web's door for a WSGI server."""

import os

from soho import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")

with collector.resting():
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver

    application = get_wsgi_application()
    # The pages too, before the first request asks for one.
    get_resolver().url_patterns  # noqa: B018 - reading it loads them

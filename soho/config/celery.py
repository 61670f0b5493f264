"""The bell: Celery carries "there may be work" and nothing else (docs/decisions/0002)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")

app = Celery("soho")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["soho.generation", "soho.creations", "soho.house"])

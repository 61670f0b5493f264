"""Posts that are read elsewhere."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

BASE = "https://soho.example"


@pytest.fixture(autouse=True)
def address(settings: Any, db: None) -> None:
    """The site's own address; and no sitemap kept from another story."""
    settings.BASE_URL = BASE
    cache.clear()


@pytest.fixture
def stranger(db: None) -> Client:
    return Client()

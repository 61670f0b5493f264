"""A wrong or half-set configuration stops the start with one sentence that names the variable."""

import subprocess
import sys
from pathlib import Path

import pytest

from soho.config.databases import database_from_url
from soho.embedded import addresses
from tests.support.surroundings import nothing_configured

R2 = {
    "R2_ACCESS_KEY_ID": "alice-key",
    "R2_SECRET_ACCESS_KEY": "alice-secret",
    "R2_ENDPOINT_URL": "http://127.0.0.1:9",
    "R2_BUCKET_NAME": "soho",
}


def read_settings(home: Path, say: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A process that reads the settings with these variables and prints what `say` names."""
    return subprocess.run(
        [sys.executable, "-c", f"from soho.config import settings as s; print({say or 0})"],
        env=nothing_configured(SOHO_HOME=str(home), **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DATABASE_URL": "mysql://localhost/soho"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://localhost"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://localhost:port/soho"}, "DATABASE_URL"),
        ({"REDIS_URL": "http://localhost"}, "REDIS_URL"),
        ({"REDIS_PORT": "6379"}, "REDIS_HOST"),
        ({"R2_BUCKET_NAME": "soho"}, "R2_ACCESS_KEY_ID"),
        ({**R2, "R2_SECRET_ACCESS_KEY": ""}, "R2_SECRET_ACCESS_KEY"),
        ({**R2, "R2_ENDPOINT_URL": "r2.example"}, "R2_ENDPOINT_URL"),
        ({**R2, "R2_PUBLIC_URL": "media"}, "R2_PUBLIC_URL"),
        ({"R2_PUBLIC_URL": "https://media.example"}, "R2_ACCESS_KEY_ID"),
        ({"PORT": "http"}, "PORT"),
        ({"SOHO_DEBUG": "maybe"}, "SOHO_DEBUG"),
        ({"SOHO_GRANT_TOKENS": "-1"}, "SOHO_GRANT_TOKENS"),
        ({"SOHO_LEASE_SECONDS": "soon"}, "SOHO_LEASE_SECONDS"),
        ({"SOHO_LEASE_SECONDS": "1", "SOHO_HEARTBEAT_SECONDS": "1"}, "SOHO_LEASE_SECONDS"),
        ({"SOHO_BASE_URL": "soho.example"}, "SOHO_BASE_URL"),
        ({"SOHO_SECRET_KEY": "short"}, "SOHO_SECRET_KEY"),
        ({"SOHO_LOG_LEVEL": "loud"}, "SOHO_LOG_LEVEL"),
    ],
)
def test_what_is_wrong_is_named(variables: dict[str, str], named: str, tmp_path: Path) -> None:
    found = read_settings(tmp_path, **variables)
    assert found.returncode != 0
    last = found.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert named in last


def test_nothing_set_is_a_whole_configuration(tmp_path: Path) -> None:
    found = read_settings(tmp_path, "s.DATABASE_IS_EMBEDDED, s.REDIS_IS_EMBEDDED, s.R2, s.PORT")
    assert found.stdout.strip() == "True True None 8000"
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_names_of_an_existing_deployment_keep_working(tmp_path: Path) -> None:
    said = read_settings(
        tmp_path, "s.REDIS_URL, s.R2['R2_BUCKET_NAME']", REDIS_HOST="redis.internal", REDIS_PORT="6380", **R2
    )
    assert said.stdout.strip() == "redis://redis.internal:6380/0 soho"


@pytest.mark.parametrize(
    ("variables", "named"),
    [(R2, "R2_ENDPOINT_URL"), ({"SOHO_PROVIDERS": "no.such.module"}, "SOHO_PROVIDERS")],
)
def test_parts_that_are_not_there_stop_the_start(
    variables: dict[str, str], named: str, tmp_path: Path
) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "soho", "migrate"],
        env=nothing_configured(SOHO_HOME=str(tmp_path), **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 1
    assert named in found.stderr
    assert "Traceback" not in found.stderr


def test_a_database_address_is_read_whole() -> None:
    found = database_from_url(
        "postgresql://al%40ice:p%3Aw@db.internal:5433/soho?sslmode=require", pool_size=0
    )
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "al@ice",
        "p:w",
        "db.internal",
        "5433",
        "soho",
    )
    assert found["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("url", "for_celery"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("rediss://r.example/0", "rediss://r.example/0?ssl_cert_reqs=required"),
        ("rediss://r.example/0?ssl_cert_reqs=none", "rediss://r.example/0?ssl_cert_reqs=none"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
    ],
)
def test_celery_gets_the_brokers_address_in_its_own_spelling(url: str, for_celery: str) -> None:
    assert addresses.celery_url(url) == for_celery

"""Every process of an instance finds the servers from the home's path alone."""

from pathlib import Path

import psycopg
import redis

from soho.embedded import addresses


def test_the_addresses_follow_from_the_home():
    home = Path("/srv/soho")
    assert addresses.database_url(home) == "postgresql://soho@/soho?host=/srv/soho/run"
    assert addresses.redis_url(home) == "unix:///srv/soho/run/valkey.sock"
    assert addresses.celery_url(addresses.redis_url(home)) == "redis+socket:///srv/soho/run/valkey.sock"


def test_a_path_with_signs_that_mean_something_in_a_url_reads_back_as_it_is():
    home = Path("/srv/so ho/é+%2?x&y#z")
    folder = str(home / "run")
    assert psycopg.conninfo.conninfo_to_dict(addresses.database_url(home))["host"] == folder
    pool = redis.ConnectionPool.from_url(addresses.redis_url(home))
    assert pool.connection_kwargs["path"] == f"{folder}/valkey.sock"


def test_a_home_too_deep_for_a_socket_gets_a_short_folder_of_its_own(tmp_path):
    deep, deeper = tmp_path / ("x" * 100), tmp_path / ("x" * 101)
    assert len(bytes(addresses.postgres_socket(deep))) <= addresses.LONGEST_SOCKET_PATH
    assert addresses.socket_folder(deep) == addresses.socket_folder(deep)
    assert addresses.socket_folder(deep) != addresses.socket_folder(deeper)


def test_two_spellings_of_one_deep_home_share_its_folder(tmp_path):
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    link = tmp_path / ("y" * 100)
    link.symlink_to(deep)
    assert addresses.socket_folder(link) == addresses.socket_folder(deep)


def test_celery_takes_the_address_of_a_real_server_as_it_is():
    assert addresses.celery_url("redis://cache.example:6380/2") == "redis://cache.example:6380/2"

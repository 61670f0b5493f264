"""A backup is made beside the work, restored into an empty place, and everything is compared."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from PIL import Image

from soho.accounts.models import User
from soho.backups import contents
from soho.backups.errors import BackupError
from soho.backups.make import make
from soho.creations import actions, removal
from soho.creations.models import Creation, DoomedObject
from soho.creations.objects import storage
from soho.creations.tasks import remove_objects
from soho.embedded import addresses
from soho.generation.run import work_once
from soho.profiles import actions as profiles
from tests.support.engine import start, stored

RESTORED = f"soho_restored_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@pytest.fixture(autouse=True)
def quiet_stage(settings: Any, transactional_db: None) -> Iterator[None]:
    from soho.providers import registry

    settings.PROVIDERS = ["tests.support.rehearsal"]
    registry.providers.cache_clear()
    storage().delete(stored())
    yield
    registry.providers.cache_clear()


@pytest.fixture
def kept(alice: User, bob: User, tmp_path: Path) -> list[Creation]:
    """A published video, a draft, an image, one that failed, and one that still waits; and a face."""
    Image.new("RGB", (40, 40), "teal").save(tmp_path / "face.png")
    profiles.set_avatar(alice, tmp_path / "face.png")
    published, draft = start(alice, "a lake"), start(bob, "a hill")
    image = start(alice, "a lamp", kind="image")
    failed = start(bob, "fail=moderated")
    for kind in ("video", "video", "image", "video"):
        assert work_once(kind, worker="test")
    actions.publish(alice.pk, published, caption="Ünïcode, “quotes”\nand a line")
    waits = start(alice, "later")
    return list(Creation.objects.filter(pk__in=[published, draft, image, failed, waits]))


@pytest.fixture
def empty_place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation with a new database and a new media folder."""
    admin = addresses.database_url(settings.SOHO_HOME, database="postgres")
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {RESTORED}")
    yield {
        **os.environ,
        "DATABASE_URL": addresses.database_url(settings.SOHO_HOME, database=RESTORED),
        "SOHO_MEDIA": str(tmp_path / "restored-media"),
    }
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f"DROP DATABASE {RESTORED} WITH (FORCE)")


def restored(folder: Path, place: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "soho", "restore", str(folder)],
        env=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in one order."""
    with psycopg.connect(url) as server:
        tables = server.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        return {
            table: server.execute(f'SELECT t::text FROM "{table}" AS t ORDER BY 1').fetchall()
            for (table,) in tables
        }


def schema(url: str) -> list[tuple[Any, ...]]:
    """Every index, constraint and trigger by name and kind.

    Not by definition: PostgreSQL spells the casts in a predicate differently after it has read them again.
    """
    with psycopg.connect(url) as server:
        return server.execute(
            """
            SELECT 'index', tablename::text, indexname::text FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT contype::text, conrelid::regclass::text, conname::text FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'trigger ' || tgtype, tgrelid::regclass::text, tgname::text FROM pg_trigger
                WHERE NOT tgisinternal
            ORDER BY 1, 2, 3
            """
        ).fetchall()


def own_database() -> str:
    return addresses.database_url(settings.SOHO_HOME, database=connection.settings_dict["NAME"])


@pytest.mark.timeout(180)
def test_what_is_restored_is_what_was_backed_up(
    kept: list[Creation], empty_place: dict[str, str], tmp_path: Path
) -> None:
    # Given a backup of an installation with something in every state
    manifest = make(tmp_path / "backup", say=lambda words: None)
    assert {one.status for one in kept} == {"published", "draft", "failed", "pending"}
    assert manifest.objects == len(stored()) > 4

    # When it is restored into an empty place
    answer = restored(tmp_path / "backup", empty_place)
    assert answer.returncode == 0, answer.stderr

    # Then every row, every rule of the schema and every object is there
    assert everything(empty_place["DATABASE_URL"]) == everything(own_database())
    assert schema(empty_place["DATABASE_URL"]) == schema(own_database())
    media = Path(empty_place["SOHO_MEDIA"])
    there = {
        str(path.relative_to(media)): path for path in media.rglob("*") if path.is_file() and path.suffix
    }
    assert set(there) == stored()
    for key, path in there.items():
        assert path.read_bytes() == b"".join(storage().open(key))

    # And nothing is restored on top of it
    again = restored(tmp_path / "backup", empty_place)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "is not empty" in again.stderr


def test_a_second_backup_copies_only_what_is_new(kept: list[Creation], alice: User, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    make(folder, say=lambda words: None)
    before = {path: path.stat().st_mtime_ns for path in (folder / "objects").rglob("*") if path.is_file()}
    gone = next(one for one in kept if one.media_type == "image")
    actions.remove(alice.pk, gone.pk)
    remove_objects()
    new = start(alice, "a new one")
    while work_once("video", worker="test"):
        pass

    make(folder, say=lambda words: None)

    listed = {one.key for one in contents.objects(folder)}
    assert listed == stored()
    assert Creation.objects.get(pk=new).media_key in listed
    after = {path: path.stat().st_mtime_ns for path in (folder / "objects").rglob("*") if path.is_file()}
    assert {str(path.relative_to(folder / "objects")) for path in after} == listed
    unchanged = set(before) & set(after)
    assert len(unchanged) > 3
    assert all(before[path] == after[path] for path in unchanged)


@pytest.mark.parametrize("harm", ["object", "dump", "list", "manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_changed(
    harm: str, kept: list[Creation], empty_place: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    make(folder, say=lambda words: None)
    if harm == "object":
        next(path for path in (folder / "objects").rglob("*.mp4")).write_bytes(b"torn")
    elif harm == "dump":
        with (folder / "database.dump").open("ab") as file:
            file.write(b"more")
    elif harm == "list":
        stolen = {"key": "../../etc/passwd", "bytes": 1, "sha256": "0"}
        (folder / "objects.jsonl").write_text(json.dumps(stolen) + "\n")
    else:
        (folder / "manifest.json").unlink()

    answer = restored(folder, empty_place)

    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: ")
    assert everything(empty_place["DATABASE_URL"]) == {}
    media = Path(empty_place["SOHO_MEDIA"])
    assert not media.exists() or list(media.rglob("*.mp4")) == []


def test_nothing_is_removed_while_a_backup_runs(kept: list[Creation], alice: User) -> None:
    gone = next(one for one in kept if one.media_type == "image")
    with psycopg.connect(own_database(), autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [removal._LOCK])
        actions.remove(alice.pk, gone.pk)

        remove_objects()

        assert gone.media_key in stored()
        assert DoomedObject.objects.filter(key=gone.media_key).exists()
        holder.execute("SELECT pg_advisory_unlock(%s)", [removal._LOCK])
    remove_objects()
    assert gone.media_key not in stored()


def test_an_object_that_a_row_names_and_nobody_has_stops_the_backup(
    kept: list[Creation], tmp_path: Path
) -> None:
    lost = next(one for one in kept if one.status == "draft")
    storage().delete([lost.media_key])
    with pytest.raises(BackupError, match=lost.media_key):
        make(tmp_path / "backup", say=lambda words: None)
    assert not (tmp_path / "backup" / "manifest.json").exists()

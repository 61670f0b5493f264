"""The ZIP of one's own creations: really unzipped, and compared byte for byte, from both storages."""

import io
import json
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries, Settings

from soho.accounts.models import User
from soho.creations import actions, archive
from soho.creations.archive import Entry, file_stem
from soho.creations.models import Creation
from soho.creations.objects import storage
from tests.creations.conftest import Caller, make


@pytest.fixture(autouse=True)
def nobody_has_downloaded_yet() -> None:
    cache.clear()


def unzipped(answer: Any) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """The archive that came, whole and undamaged, and its manifest."""
    body = b"".join(answer.streaming_content)
    assert len(body) == int(answer["Content-Length"])
    found = zipfile.ZipFile(io.BytesIO(body))
    assert found.testzip() is None
    return found, json.loads(found.read("manifest.json"))


def original(creation_id: UUID) -> bytes:
    return b"".join(storage().open(Creation.objects.get(pk=creation_id).media_key))


def pack(caller: Caller, *creation_ids: UUID) -> Any:
    return caller.post("/generate/batch/zip", {"creationIds": [str(one) for one in creation_ids]})


@pytest.mark.parametrize("where", ["a folder", "an S3 server"])
def test_media_captions_and_manifest_come_as_they_are(
    where: str, as_alice: Caller, alice: User, request: pytest.FixtureRequest
) -> None:
    if where == "an S3 server":
        request.getfixturevalue("bucket")
    # Given a draft, a post with a caption, and an image.
    draft, post, image = make(alice, "draft"), make(alice, "published"), make(alice, "draft", kind="image")
    Creation.objects.filter(pk=post).update(caption="Über dem See 🌊\nزرقاء")

    answer = pack(as_alice, draft, post, image)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="soho-')
    found, manifest = unzipped(answer)
    assert [one["creationId"] for one in manifest["creations"]] == [str(draft), str(post), str(image)]
    for creation_id, told in zip((draft, post, image), manifest["creations"], strict=True):
        assert found.read(told["file"]) == original(creation_id)
        assert told["bytes"] == len(original(creation_id))
        assert told["prompt"] == "A quiet lake"
    assert [one["file"].rsplit(".")[-1] for one in manifest["creations"]] == ["mp4", "mp4", "png"]
    assert found.read(manifest["creations"][1]["captionFile"]).decode() == "Über dem See 🌊\nزرقاء\n"
    assert manifest["creations"][0]["captionFile"] is None
    assert manifest["leftOut"] == []
    assert len(found.namelist()) == len(set(found.namelist())) == 5


def test_what_is_not_mine_or_not_ready_is_left_out_and_told(as_alice: Caller, alice: User, bob: User) -> None:
    mine, failed, theirs, nobodys = (
        make(alice, "draft"),
        make(alice, "failed"),
        make(bob, "published"),
        uuid4(),
    )
    gone = make(alice, "draft")
    actions.delete(alice.pk, gone)
    lost = make(alice, "draft", kind="image")
    storage().delete([Creation.objects.get(pk=lost).media_key])
    found, manifest = unzipped(pack(as_alice, theirs, mine, failed, nobodys, gone, lost))
    assert [one["creationId"] for one in manifest["creations"]] == [str(mine)]
    assert {one["creationId"]: one["code"] for one in manifest["leftOut"]} == {
        str(theirs): "not_found",
        str(failed): "wrong_status",
        str(nobodys): "not_found",
        str(gone): "not_found",
        str(lost): "media_missing",
    }
    assert len(found.namelist()) == 2


def test_nothing_ready_is_refused(as_alice: Caller, as_bob: Caller, alice: User) -> None:
    assert pack(as_alice, make(alice, "failed")).json()["code"] == "nothing_to_download"
    answer = pack(as_bob, make(alice, "published"))
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_download")


def test_more_than_the_limit_is_refused_before_a_byte_is_read(
    as_alice: Caller, a_draft: UUID, settings: Settings
) -> None:
    settings.MAX_ZIP_BYTES = 1000
    answer = pack(as_alice, a_draft)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_thirteen_a_minute_are_too_many(as_alice: Caller, as_bob: Caller, a_draft: UUID) -> None:
    codes = [pack(as_alice, a_draft).status_code for _ in range(13)]
    assert codes == [200] * 12 + [429]
    assert pack(as_bob, a_draft).status_code == 409  # his own minute


@pytest.mark.parametrize(
    "prompt",
    ["../../etc/passwd", "CON", 'a/b\\c:d*?"<>|', ".hidden", "\u202egnp.exe", "日本の朝", "-rf", "x" * 300],
)
def test_names_are_safe_on_every_machine(prompt: str) -> None:
    creation_id = "01a20244-24ef-72b4-ac88-b7cfc4643862"
    stem = file_stem({"prompt": prompt, "mediaType": "video", "creationId": creation_id})
    assert stem.endswith(creation_id)
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert stem[0].isalnum()
    assert len(stem) < 100


def test_a_large_archive_passes_through_little_memory() -> None:
    """A hundred times as much goes through as may be held."""
    chunk = bytes(128 * 1024)
    moment = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
    entries = [Entry(f"{n}.mp4", 32 * 2**20, moment, lambda: (chunk for _ in range(256))) for n in range(2)]
    tracemalloc.start()
    try:
        total = sum(len(piece) for piece in archive._written(entries, with_contents=True))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total > 64 * 2**20
    assert peak < 1.5 * 2**20


def test_an_archive_costs_one_query(
    as_alice: Caller, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    drafts = [make(alice, "draft", kind="image") for _ in range(3)]
    with django_assert_num_queries(1):
        archive.pack(alice.pk, drafts)

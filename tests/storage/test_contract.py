"""What every storage promises. Each test runs against the folder and against S3 over a socket."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from soho.storage import InvalidKeyError, ObjectMissingError, Storage, StorageError, put_many

FileOf = Callable[[bytes], Path]
KEY = "videos/alice/0198a.mp4"

IMPOSSIBLE = [
    "",
    "/etc/passwd.txt",
    "../secret.txt",
    "videos/../../secret.txt",
    "videos/./a.mp4",
    "videos//a.mp4",
    "videos/a.mp4/",
    "videos/%2e%2e/secret.txt",
    "videos/..%2fsecret.txt",
    "videos\\..\\secret.txt",
    "videos/a\x00.mp4",
    "videos/a.mp4\x00.txt",
    "videos/a.mp4\n",
    "videos/.hidden.mp4",
    ".incoming/a.mp4",
    "videos/a",
    "videos/a.html",
    "videos/a.svg",
    "videos/a.mp4.html",
    "videos/Ａ.mp4",
    "videos/a b.mp4",
    "videos/~root.mp4",
    "videos/-rf.mp4",
    "a" * 300 + ".mp4",
]


def read(storage: Storage, key: str, start: int = 0, length: int | None = None) -> bytes:
    return b"".join(storage.open(key, start, length))


def names_in(storage: Storage) -> list[str]:
    return sorted(found.key for found in storage.keys(""))


def test_what_is_put_is_read_back(storage: Storage, file_of: FileOf) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    storage.put(KEY, file_of(b"a small film"), "video/mp4")

    found = storage.stat(KEY)
    assert found is not None
    assert (found.key, found.size, found.content_type) == (KEY, 12, "video/mp4")
    assert before < found.modified < datetime.now(UTC) + timedelta(seconds=2)
    assert found.etag
    assert '"' not in found.etag
    assert read(storage, KEY) == b"a small film"


def test_an_empty_object_is_an_object(storage: Storage, file_of: FileOf) -> None:
    storage.put(KEY, file_of(b""), "video/mp4")
    found = storage.stat(KEY)
    assert found is not None
    assert found.size == 0
    assert read(storage, KEY) == b""


def test_a_large_object_comes_in_chunks_and_whole(storage: Storage, file_of: FileOf) -> None:
    content = bytes(range(256)) * 4096 * 20  # 20 MiB, so that S3 takes it in parts
    storage.put(KEY, file_of(content), "video/mp4")
    chunks = list(storage.open(KEY))
    assert len(chunks) > 100
    assert b"".join(chunks) == content


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (0, 4, b"0123"),
        (3, None, b"3456789"),
        (3, 4, b"3456"),
        (9, 1, b"9"),
        (8, 100, b"89"),
        (10, None, b""),
        (11, 5, b""),
        (0, 0, b""),
    ],
)
def test_any_part_can_be_read(
    storage: Storage, file_of: FileOf, start: int, length: int | None, expected: bytes
) -> None:
    storage.put(KEY, file_of(b"0123456789"), "video/mp4")
    assert read(storage, KEY, start, length) == expected


def test_putting_again_replaces_and_changes_the_etag(storage: Storage, file_of: FileOf) -> None:
    storage.put(KEY, file_of(b"first"), "video/mp4")
    first = storage.stat(KEY)
    storage.put(KEY, file_of(b"later"), "video/mp4")
    later = storage.stat(KEY)
    assert first is not None
    assert later is not None
    assert first.etag != later.etag
    assert read(storage, KEY) == b"later"


def test_who_began_to_read_the_old_object_ends_with_the_old_object(storage: Storage, file_of: FileOf) -> None:
    old, new = b"o" * 3_000_000, b"n" * 3_000_000
    storage.put(KEY, file_of(old), "video/mp4")
    reading = storage.open(KEY)
    start = next(reading)
    storage.put(KEY, file_of(new), "video/mp4")
    assert start + b"".join(reading) == old
    assert read(storage, KEY) == new


def test_of_two_who_put_at_once_readers_see_one_whole(storage: Storage, file_of: FileOf) -> None:
    contents = [letter * 400_000 for letter in (b"a", b"b", b"c")]
    files = [file_of(content) for content in contents]
    storage.put(KEY, files[0], "video/mp4")
    seen: set[bytes] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add(read(storage, KEY))

    watcher = threading.Thread(target=look)
    watcher.start()
    writers = [threading.Thread(target=storage.put, args=(KEY, file, "video/mp4")) for file in files * 3]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    watcher.join()
    assert seen
    assert seen <= set(contents)
    assert read(storage, KEY) in contents


def test_what_is_missing_is_said_at_once(storage: Storage) -> None:
    storage.check()
    assert storage.stat(KEY) is None
    with pytest.raises(ObjectMissingError):
        storage.open(KEY)
    with pytest.raises(ObjectMissingError):
        storage.open(KEY, 0, 0)


def test_deleting_twice_is_as_good_as_once(storage: Storage, file_of: FileOf) -> None:
    names = [f"videos/alice/{number}.mp4" for number in range(12)]
    kept = "videos/alice/kept.mp4"
    for name in (*names, kept):
        storage.put(name, file_of(b"x"), "video/mp4")
    for _ in range(2):
        storage.delete([*names, "videos/nobody/nothing.mp4"])
    assert names_in(storage) == [kept]
    storage.delete([])


def test_keys_lists_by_prefix(storage: Storage, file_of: FileOf) -> None:
    names = {"videos/alice/1.mp4", "videos/alice/2.mp4", "videos/alicia/1.mp4", "images/alice/1.png"}
    for name in names:
        storage.put(name, file_of(b"xyz"), "image/png" if name.endswith("png") else "video/mp4")

    def listed(prefix: str = "") -> set[str]:
        return {found.key for found in storage.keys(prefix)}

    assert listed() == names
    assert listed("videos/") == names - {"images/alice/1.png"}
    assert listed("videos/alice/") == {"videos/alice/1.mp4", "videos/alice/2.mp4"}
    assert listed("videos/ali") == names - {"images/alice/1.png"}
    assert listed("videos/alice/1") == {"videos/alice/1.mp4"}
    assert listed("nothing/here") == set()
    assert listed("../") == set()
    assert all(found == storage.stat(found.key) for found in list(storage.keys()))


@pytest.mark.parametrize("key", IMPOSSIBLE)
def test_no_method_takes_an_impossible_name(storage: Storage, file_of: FileOf, key: str) -> None:
    for attempt in (
        lambda: storage.put(key, file_of(b"x"), "video/mp4"),
        lambda: storage.open(key),
        lambda: storage.stat(key),
        lambda: storage.delete(["videos/alice/fine.mp4", key]),
        lambda: storage.signed_url(key, 60),
        lambda: storage.public_url(key),
    ):
        with pytest.raises(InvalidKeyError):
            attempt()


def test_a_type_that_is_not_the_suffix_s_is_refused(storage: Storage, file_of: FileOf) -> None:
    with pytest.raises(ValueError, match="text/html"):
        storage.put(KEY, file_of(b"<script>"), "text/html")
    assert storage.stat(KEY) is None


def test_check_leaves_nothing_behind(storage: Storage) -> None:
    storage.check()
    assert list(storage.keys()) == []


def test_what_belongs_together_is_uploaded_together(storage: Storage, file_of: FileOf) -> None:
    objects = [(f"videos/alice/7{end}", file_of(end.encode()), "video/mp4") for end in (".mp4", "_feed.mp4")]
    objects.append(("videos/alice/7_thumb.jpg", file_of(b"jpeg"), "image/jpeg"))
    put_many(storage, objects)
    assert set(names_in(storage)) == {key for key, _, _ in objects}
    put_many(storage, [])


def test_when_one_upload_fails_that_comes_out_and_the_others_stay(
    storage: Storage, file_of: FileOf, tmp_path: Path
) -> None:
    objects = [
        ("videos/alice/7.mp4", file_of(b"film"), "video/mp4"),
        ("videos/alice/7_thumb.jpg", tmp_path / "never-made.jpg", "image/jpeg"),
        ("videos/alice/7_feed.mp4", file_of(b"light"), "video/mp4"),
    ]
    with pytest.raises(FileNotFoundError):
        put_many(storage, objects)
    assert set(names_in(storage)) == {"videos/alice/7.mp4", "videos/alice/7_feed.mp4"}


def test_storage_errors_are_for_operators(storage: Storage) -> None:
    assert issubclass(ObjectMissingError, StorageError)
    with pytest.raises(StorageError, match=r"There is no object 'videos/alice/0198a\.mp4'"):
        storage.open(KEY)

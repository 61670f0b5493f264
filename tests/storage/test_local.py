"""What only a folder can get wrong: links, permissions, a full or forbidden disk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from soho.storage import LocalConfig, LocalStorage, ObjectMissingError, StorageError

KEY = "videos/alice/1.mp4"


@pytest.fixture
def storage(local_folder: Path) -> LocalStorage:
    return LocalStorage(LocalConfig(local_folder))


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the storage with a file that nobody may reach through it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "1.mp4").write_bytes(b"secret")
    return folder


def assert_unreachable(storage: LocalStorage) -> None:
    assert storage.stat(KEY) is None
    with pytest.raises(ObjectMissingError):
        storage.open(KEY)
    assert list(storage.keys()) == []
    assert list(storage.keys("videos/alice/")) == []


def test_a_link_in_place_of_a_file_is_no_object(
    storage: LocalStorage, local_folder: Path, outside: Path, file_of: Callable[[bytes], Path]
) -> None:
    (local_folder / "videos" / "alice").mkdir(parents=True)
    (local_folder / KEY).symlink_to(outside / "1.mp4")
    assert_unreachable(storage)

    storage.put(KEY, file_of(b"mine"), "video/mp4")
    assert b"".join(storage.open(KEY)) == b"mine"
    assert (outside / "1.mp4").read_bytes() == b"secret"


def test_a_link_in_place_of_a_folder_leads_nowhere(
    storage: LocalStorage, local_folder: Path, outside: Path, file_of: Callable[[bytes], Path]
) -> None:
    (local_folder / "videos").mkdir(parents=True)
    (local_folder / "videos" / "alice").symlink_to(outside)
    assert_unreachable(storage)
    storage.delete([KEY])
    with pytest.raises(StorageError, match="SOHO_HOME"):
        storage.put(KEY, file_of(b"mine"), "video/mp4")
    assert (outside / "1.mp4").read_bytes() == b"secret"
    assert os.listdir(outside) == ["1.mp4"]


def test_a_pipe_is_no_object_and_holds_nobody_up(storage: LocalStorage, local_folder: Path) -> None:
    (local_folder / "videos" / "alice").mkdir(parents=True)
    os.mkfifo(local_folder / KEY)
    assert_unreachable(storage)


def test_only_the_owner_can_read(
    storage: LocalStorage, local_folder: Path, file_of: Callable[[bytes], Path]
) -> None:
    storage.put(KEY, file_of(b"film"), "video/mp4")
    for path in (local_folder, *local_folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_put_that_fails_leaves_no_half_file(
    storage: LocalStorage, local_folder: Path, file_of: Callable[[bytes], Path]
) -> None:
    # given a folder where the file should go, so that the last step, the rename, fails
    (local_folder / KEY).mkdir(parents=True)
    with pytest.raises(StorageError, match="SOHO_HOME: media cannot be written"):
        storage.put(KEY, file_of(b"film"), "video/mp4")
    assert [path for path in local_folder.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    storage = LocalStorage(LocalConfig(tmp_path / "file" / "media"))
    with pytest.raises(StorageError, match=r"^SOHO_HOME: .*name a folder that this user may write") as caught:
        storage.check()
    assert caught.value.variable == "SOHO_HOME"


def test_a_folder_has_no_addresses_of_its_own(storage: LocalStorage) -> None:
    assert storage.signed_url(KEY, 60) is None
    assert storage.public_url(KEY) is None

"""The sweep of objects: what nothing points to goes, what somebody needs or is about to need stays."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from soho.accounts.models import User
from soho.creations import actions, objects
from soho.creations.clock import finish_deletions
from soho.creations.models import Creation, DoomedObject
from soho.creations.objects import remove_doomed, remove_orphans, storage
from tests.creations.conftest import make, time_passes
from tests.support.engine import stored

AT_ONCE = timedelta(seconds=-5)


def put(key: str, tmp_path: Path) -> str:
    path = tmp_path / "object"
    path.write_bytes(b"left behind")
    storage().put(key, path, "video/mp4")
    return key


def test_what_a_dead_worker_left_goes_and_what_is_in_use_stays(alice: User, tmp_path: Path) -> None:
    make(alice, "draft")
    kept = stored()
    put(f"videos/{alice.pk}/{uuid4()}.mp4", tmp_path)
    failed = make(alice, "failed")
    put(f"videos/{alice.pk}/{failed}.mp4", tmp_path)
    assert remove_orphans(older_than=AT_ONCE) == 2
    assert stored() == kept


def test_what_is_young_or_being_made_stays(alice: User, tmp_path: Path) -> None:
    young = put(f"videos/{alice.pk}/{uuid4()}.mp4", tmp_path)
    assert remove_orphans(older_than=timedelta(hours=1)) == 0
    storage().delete([young])
    making = put(f"videos/{alice.pk}/{make(alice, 'processing')}.mp4", tmp_path)
    assert remove_orphans(older_than=AT_ONCE) == 0
    assert stored() == {making}


def test_objects_of_a_deleted_creation_go_even_when_the_first_removal_was_cut_short(alice: User) -> None:
    draft = make(alice, "draft")
    actions.delete(alice.pk, draft)
    time_passes()
    finish_deletions()
    assert not Creation.objects.filter(pk=draft).exists()
    assert len(stored()) == 4
    remove_doomed()
    assert stored() == set()
    assert DoomedObject.objects.count() == 0
    assert remove_doomed() == 0


def test_a_long_removal_lets_what_is_due_go_first(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "BATCH", 3)
    make(alice, "draft", kind="image")
    actions.delete(alice.pk, make(alice, "draft", kind="image"))
    time_passes()
    finish_deletions()
    turns: list[int] = []
    assert remove_doomed(meanwhile=lambda: turns.append(DoomedObject.objects.count())) == 9
    assert turns == [6, 3, 0]
    remove_orphans(older_than=AT_ONCE, meanwhile=lambda: turns.append(-1))
    assert turns[3:] == [-1]

"""What people change about how they show themselves: their words, their picture."""

import tempfile
from pathlib import Path
from uuid import UUID

from django.db import transaction

from soho.accounts.models import User
from soho.creations import bell, intake
from soho.creations.clock import doom
from soho.creations.objects import storage
from soho.feed import pace
from soho.ids import new_id
from soho.media.avatar import MAX_BYTES, MAX_PIXELS, write_avatars
from soho.media.errors import MediaError
from soho.problems.refusals import InvalidField
from soho.storage import put_many
from soho.storage.keys import AVATAR_SIDES, avatar_key

MAX_BIO = 300
MAX_BIO_LINES = 6
TOO_LARGE = f"Choose a picture of at most {MAX_BYTES // 1024**2} MB."
AVATARS = (pace.Pace("pictures", 6, 60), pace.Pace("pictures", 40, 3600))

_SAID = {
    "wrong_type": "Choose a still picture: PNG, JPEG or WebP.",
    "too_large": f"Choose a picture of at most {MAX_BYTES // 1024**2} MB and {MAX_PIXELS // 1_000_000} "
    "megapixels.",
    "truncated": "The picture breaks off in the middle. Choose it again, or another one.",
    "undecodable": "This is no picture that can be read. Choose another one.",
}


def set_bio(user: User, bio: str) -> str:
    """`user` says this of themselves, in up to 300 characters of plain text; answers it as it is kept.

    Raises InvalidField.
    """
    text = intake.written("bio", bio.replace("\r\n", "\n"), MAX_BIO, may_be_empty=True)
    if text.count("\n") >= MAX_BIO_LINES:
        raise InvalidField("bio", f"Keep the bio to {MAX_BIO_LINES} lines.")
    user.bio = text
    user.save(update_fields=["bio"])
    return text


def set_avatar(user: User, upload: Path) -> UUID:
    """The picture in the file `upload` becomes theirs, in place of the one before, which is deleted.

    Only its pixels are kept (soho/media/avatar.py). The objects are there before the row names them. Raises
    InvalidField, TooOften, StorageError.
    """
    pace.keep(AVATARS, user.pk)
    avatar = new_id()
    with tempfile.TemporaryDirectory(prefix="avatar-") as folder:
        try:
            files = write_avatars(upload, Path(folder), AVATAR_SIDES)
        except MediaError as error:
            raise InvalidField("avatar", _SAID.get(error.code, error.message)) from error
        objects = zip(AVATAR_SIDES, files, strict=True)
        put_many(
            storage(), [(avatar_key(user.pk, avatar, side), file, "image/webp") for side, file in objects]
        )
    _set(user, avatar)
    return avatar


def remove_avatar(user: User) -> None:
    """`user` is a letter again, and their picture is deleted; without one nothing changes."""
    _set(user, None)


def _set(user: User, avatar: UUID | None) -> None:
    with transaction.atomic():
        # Two at once stand in line here, so that each takes away what the one before put up.
        before = User.objects.select_for_update(no_key=True).values_list("avatar", flat=True).get(pk=user.pk)
        User.objects.filter(pk=user.pk).update(avatar=avatar)
        if before:
            doom([avatar_key(user.pk, before, side) for side in AVATAR_SIDES])
            transaction.on_commit(bell.ring_removal)
    user.avatar = avatar

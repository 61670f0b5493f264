"""The names under which objects are stored, and what may be a name at all.

videos/{userId}/{creationId}.mp4            the video          images/{userId}/{creationId}.png  the image
videos/{userId}/{creationId}_thumb.jpg      its thumbnail      images/{userId}/{creationId}_thumb.jpg
videos/{userId}/{creationId}_feed.mp4       its light rendition, for the feed
                                                               images/{userId}/{creationId}_feed.jpg
videos/{userId}/{creationId}_poster.jpg     the rendition's first frame
avatars/{userId}/{avatarId}_64.webp         a person's picture, 64 and 256 px square
"""

import re

CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".json": "application/json",
    ".zip": "application/zip",
    ".txt": "text/plain; charset=utf-8",
}
"""All that is stored, and served as nothing else: no type here runs as a script in a browser."""

IMAGE_SUFFIXES = (".png", ".jpg", ".webp")
AVATAR_SIDES = (64, 256)
"""Pixels."""
MAX_KEY_LENGTH = 200

_PART = "[A-Za-z0-9][A-Za-z0-9_-]*"
_KEY = re.compile(rf"{_PART}(?:/{_PART})*(\.[a-z0-9]+)")
_ID = re.compile(_PART)
_OWNED = re.compile(
    rf"(?:videos|images)/(?P<user>{_PART})/(?P<creation>[A-Za-z0-9][A-Za-z0-9-]*)(?:_[a-z]+)?\.[a-z0-9]+"
)
_AVATAR = re.compile(rf"avatars/(?P<user>{_PART})/(?P<avatar>[A-Za-z0-9][A-Za-z0-9-]*)_(?P<side>\d+)\.webp")


class InvalidKeyError(ValueError):
    """The name is none that an object can have."""


def check_key(key: str) -> str:
    """Return `key` if an object may have that name, else raise `InvalidKeyError`.

    A name is made of letters, digits, `-` and `_`, in folders parted by single slashes, and ends in one dot
    and a known suffix: so neither `..` nor a hidden file, an absolute path, a NUL or an encoded slash can be
    said in it.
    """
    content_type_of(key)
    return key


def content_type_of(key: str) -> str:
    """Return the content type that `key`'s suffix stands for. Raises `InvalidKeyError`."""
    match = _KEY.fullmatch(key) if len(key) <= MAX_KEY_LENGTH else None
    if match is None or match[1] not in CONTENT_TYPES:
        raise InvalidKeyError(f"{key[:80]!r} cannot be the name of a stored object.")
    return CONTENT_TYPES[match[1]]


def video_key(user_id: object, creation_id: object) -> str:
    return _key("videos", user_id, creation_id, ".mp4")


def thumbnail_key(user_id: object, creation_id: object, *, folder: str = "videos") -> str:
    """`folder` is `videos` or `images`, after the creation's media type."""
    return _key(folder, user_id, creation_id, "_thumb.jpg")


def rendition_key(user_id: object, creation_id: object, *, folder: str = "videos") -> str:
    """`folder` is `videos` or `images`, after the creation's media type."""
    return _key(folder, user_id, creation_id, "_feed.jpg" if folder == "images" else "_feed.mp4")


def poster_key(user_id: object, creation_id: object) -> str:
    return _key("videos", user_id, creation_id, "_poster.jpg")


def image_key(user_id: object, creation_id: object, suffix: str) -> str:
    """`suffix` is one of `.png`, `.jpg` and `.webp`."""
    if suffix not in IMAGE_SUFFIXES:
        raise InvalidKeyError(f"{suffix!r} is no suffix of an image.")
    return _key("images", user_id, creation_id, suffix)


def all_keys_for(user_id: object, creation_id: object) -> list[str]:
    """Return every key that a creation may ever own, whatever it is and however far it came."""
    return [
        video_key(user_id, creation_id),
        thumbnail_key(user_id, creation_id),
        rendition_key(user_id, creation_id),
        poster_key(user_id, creation_id),
        *(image_key(user_id, creation_id, suffix) for suffix in IMAGE_SUFFIXES),
        thumbnail_key(user_id, creation_id, folder="images"),
        rendition_key(user_id, creation_id, folder="images"),
    ]


def avatar_key(user_id: object, avatar_id: object, side: int) -> str:
    """`side` is one of `AVATAR_SIDES`."""
    if side not in AVATAR_SIDES:
        raise InvalidKeyError(f"{side!r} is no side of an avatar.")
    return _key("avatars", user_id, avatar_id, f"_{side}.webp")


def avatar_of(key: str) -> tuple[str, str] | None:
    """Return the ids of the user and the avatar that `key` belongs to, or None if it is no avatar's."""
    match = _AVATAR.fullmatch(key)
    return (match["user"], match["avatar"]) if match and int(match["side"]) in AVATAR_SIDES else None


def creation_id_of(key: str) -> str | None:
    """Return the id of the creation that owns `key`, or None if no creation does."""
    match = _OWNED.fullmatch(key)
    return match["creation"] if match else None


def user_id_of(key: str) -> str | None:
    """Return the id of the user in whose folder `key` lies, or None if it lies in no user's."""
    match = _OWNED.fullmatch(key)
    return match["user"] if match else None


def _key(folder: str, user_id: object, creation_id: object, end: str) -> str:
    for part in (folder, str(user_id), str(creation_id)):
        if not _ID.fullmatch(part):
            raise InvalidKeyError(f"{part[:80]!r} cannot be part of the name of a stored object.")
    return check_key(f"{folder}/{user_id}/{creation_id}{end}")

"""Pictures that people upload: good ones, odd ones, and those made to do harm."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from soho.accounts.models import User
from soho.creations.objects import storage
from soho.storage.keys import AVATAR_SIDES, avatar_key


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), **saving: Any) -> bytes:
    """Red on the left, green in the middle square, blue on the right."""
    image = Image.new("RGB", size, (20, 160, 60))
    margin = (size[0] - min(size)) // 2
    image.paste((200, 30, 30), (0, 0, margin, size[1]))
    image.paste((30, 30, 200), (size[0] - margin, 0, *size))
    return encoded(image, kind, **saving)


def encoded(image: Image.Image, kind: str, **saving: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **saving)
    return buffer.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that promises 3.6 billion pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def with_secrets() -> bytes:
    """A PNG that says where and with which prompt it was made."""
    said = PngInfo()
    said.add_text("parameters", "a secret prompt")
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    return picture("PNG", pnginfo=said, exif=exif)


def shown(user: User, side: int) -> Image.Image:
    """The picture of theirs that the storage holds."""
    user.refresh_from_db()
    data = b"".join(storage().open(avatar_key(user.pk, user.avatar, side)))
    return Image.open(BytesIO(data))


def objects_of(user: User) -> set[str]:
    return {item.key for item in storage().keys(f"avatars/{user.pk}/")}


def keys_of(user: User) -> set[str]:
    user.refresh_from_db()
    return {avatar_key(user.pk, user.avatar, side) for side in AVATAR_SIDES} if user.avatar else set()


@pytest.fixture(autouse=True)
def rested(db: None) -> None:
    """Nobody has changed anything a moment ago, or left a picture."""
    cache.clear()
    storage().delete([item.key for item in storage().keys("avatars/")])

"""Creations in every state for the styleguide, as `soho.creations.shape.creation_json` makes them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.templatetags.static import static

from soho.operator.work import Queue

# Four scenes drawn for the purpose, with the ThumbHash of each (static/soho/art).
SCENES = {
    "9:16": ("sample-9-16.jpg", 1080, 1920, "4xeGB4B4d3iId4eHdneFWHCAAQUA"),
    "16:9": ("sample-16-9.jpg", 1920, 1080, "4xeGD4J3h4eAeHh4eHdxWHgH"),
    "1:1": ("sample-1-1.jpg", 1080, 1080, "4xeGB4CId3h4d4eHdneFWHCAAQUA"),
    "4:5": ("sample-4-5.jpg", 1080, 1350, "4xeGB4B4d3iId4eHdneFWHCAAQUA"),
}


def creation(number: int, status: str, ratio: str = "9:16", **more: Any) -> dict[str, Any]:
    """The sample creation `number` in a state, with a picture once it has one."""
    name, width, height, _ = SCENES[ratio]
    ready = status in ("draft", "published")
    made = datetime.now(UTC) - timedelta(minutes=7 * number)
    picture = static(f"soho/art/{name}") if ready else None
    return {
        "creationId": str(UUID(int=number)),
        "mediaType": "video",
        "status": status,
        "prompt": "A sunset over mountains with vibrant colors",
        "caption": "",
        "username": "alice",
        "userId": str(UUID(int=1)),
        "avatarUrl": None,
        "mediaUrl": picture,
        "thumbnailUrl": picture,
        "renditionUrl": picture,
        "posterUrl": picture,
        "placeholder": None,
        "duration": 8.0 if ready else None,
        "width": width if ready else None,
        "height": height if ready else None,
        "aspectRatio": ratio,
        "seed": 7,
        "progress": None,
        "progressNote": None,
        "etaSeconds": None,
        "etaRange": None,
        "error": None,
        "tokens": 10,
        "model": "diorama",
        "madeBy": "diorama" if ready else None,
        "likeCount": 0,
        "likedByMe": False,
        "commentCount": 12,
        "remixOf": None,
        "tags": [],
        "mentions": [],
        "createdAt": made.isoformat(),
        "publishedAt": made.isoformat() if status == "published" else None,
        "publishAt": None,
        **more,
    }


def failed(number: int, **error: Any) -> dict[str, Any]:
    """A failed sample, kindly explained."""
    reason = {
        "code": "provider_unavailable",
        "message": "The model did not answer, three times in a row. That is not your prompt's fault.",
        "retriable": True,
        "retryTokens": 0,
        **error,
    }
    return creation(number, "failed", error=reason)


def drafts() -> list[dict[str, Any]]:
    """One draft in every state there is."""
    return [
        creation(1, "pending", prompt="Fog lifting off a still lake at dawn, pine forest, first light"),
        creation(
            2,
            "processing",
            progress=0.5,
            progressNote="Painting frame 96 of 192",
            etaSeconds=41,
            etaRange=[30, 55],
        ),
        creation(
            3,
            "processing",
            progress=0.0,
            progressNote="",
            prompt="Night over snowy hills, a full moon and northern lights",
        ),
        creation(4, "draft", prompt="Desert dunes under a violet sky, one lone star"),
        creation(
            9,
            "draft",
            publishAt=(datetime.now(UTC) + timedelta(days=2)).isoformat(),
            prompt="First light over the harbour",
        ),
        creation(5, "draft", "16:9", mediaType="image", duration=None, tokens=1),
        failed(6),
        failed(7, code="cancelled", message="You cancelled this one.", retryTokens=10),
        creation(
            8, "draft", thumbnailUrl=None, posterUrl=None, prompt="A video whose thumbnail could not be made"
        ),
    ]


def posts() -> list[dict[str, Any]]:
    """Published posts in several shapes, with short and long captions and one full of markup."""
    return [
        creation(
            11, "published", caption="The light held for eleven minutes.", likeCount=1243, likedByMe=True
        ),
        creation(
            12,
            "published",
            "1:1",
            mediaType="image",
            duration=None,
            username="bob",
            caption="Harbour, before the ferry.",
            likeCount=8,
        ),
        creation(
            13,
            "published",
            "16:9",
            username="charlie",
            caption="<b>Not bold</b> & <script>alert(1)</script>",
            likeCount=0,
        ),
        creation(
            14,
            "published",
            "4:5",
            mediaType="image",
            duration=None,
            username="a-very-long-username.of.thirty",
            caption=("A long caption. " * 30).strip(),
        ),
        creation(15, "published", username="dora", caption="", likeCount=48_200),
        creation(16, "published", username="emil", caption="Second try, other seed.", likeCount=3),
    ]


def receipts() -> list[dict[str, Any]]:
    """One movement of every kind."""
    at = datetime.now(UTC) - timedelta(hours=3)
    rows = [("hold", -10), ("capture", 0), ("release", 10), ("revoke", -5), ("grant", 50)]
    return [
        {
            "kind": kind,
            "amount": amount,
            "tokens": abs(amount) or 10,
            "reason": "Video: A sunset over mountains",
            "time": at,
            "balance": 40,
        }
        for kind, amount in rows
    ]


def queues() -> list[Queue]:
    """What an operator's queue shows: busy with some at rest, running, idle in a lane of its own."""
    return [
        Queue("video", "", waiting=1_204, running=8, resting=12, oldest_seconds=640.0),
        Queue("image", "", running=3),
        Queue("video", "gpu"),
    ]


def comments() -> list[dict[str, Any]]:
    """What people say: one with an answer and more to come, one's own, one right to left with a long word."""

    def said(number: int, username: str, text: str, **more: Any) -> dict[str, Any]:
        return {
            "commentId": str(UUID(int=100 + number)),
            "parentId": None,
            "username": username,
            "avatarUrl": None,
            "text": text,
            "createdAt": (datetime.now(UTC) - timedelta(minutes=9 * number)).isoformat(),
            "replies": [],
            "replyCount": 0,
            "deletableByMe": False,
            **more,
        }

    answer = said(
        1, "alice", "At the lake, @bob. I waited an hour.", parentId=str(UUID(int=102)), deletableByMe=True
    )
    return [
        said(2, "bob", "Where is this? The light is lovely.", replies=[answer], replyCount=7),
        said(3, "charlie", "שלום עולם 🌅 " + "unending" * 12),
    ]


def models() -> list[dict[str, Any]]:
    """Models as the picker shows them: chosen; slow and dear; not to be had just now."""
    common = {"kind": "video", "ratios": ["9:16", "16:9"], "seconds": [4.0, 8.0], "chosen": False}
    usual = {"median": 68.0, "p90": 110.0}
    return [
        {
            "name": "sample-near",
            "title": "One that is chosen",
            "price": 10,
            "about": "Paints landscapes from the words of your prompt.",
            "example": "Three hot air balloons over hills at dawn",
            "unavailable": "",
            "usual": {"median": 6.0, "p90": 9.0},
            **common,
            "chosen": True,
        },
        {
            "name": "sample-far",
            "title": "One far away, with a name that goes on for a while",
            "price": 120,
            "about": "",
            "example": "",
            "unavailable": "",
            "usual": usual,
            **common,
        },
        {
            "name": "sample-down",
            "title": "One that is down",
            "price": 40,
            "about": "A hosted model.",
            "example": "",
            "unavailable": "It did not answer just now. Choose another, or come back in a minute.",
            "usual": None,
            **common,
        },
    ]

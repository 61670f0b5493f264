"""A creation in a stream: the API's words (soho/creations/shape.py), as few of them as a card that moves
needs.
"""

from datetime import datetime
from typing import Any

from soho.creations.links import object_url
from soho.creations.shape import eta_range, eta_seconds
from soho.live.queries import Row


def item(row: Row, now: datetime) -> dict[str, Any]:
    """What a stream says of a creation. `title` is the beginning of its prompt, on one line."""
    processing = row["status"] == "processing"
    since = row["processing_since"]
    work = {**row, "processing_since": datetime.fromisoformat(since) if since else None}
    return {
        "creationId": row["id"],
        "mediaType": row["media_type"],
        "status": row["status"],
        "title": " ".join(row["title"].split()),
        "progress": round(row["progress"], 4) if processing else None,
        "progressNote": row["progress_note"] if processing else None,
        "etaSeconds": eta_seconds(work, now) if processing else None,
        "etaRange": eta_range(work, now) if processing else None,
        "error": {
            "code": row["error_code"],
            "message": row["error_message"],
            "retriable": row["error_retriable"],
        }
        if row["status"] == "failed"
        else None,
        "thumbnailUrl": object_url(row["thumbnail_key"], published=row["status"] == "published"),
        "createdAt": datetime.fromisoformat(row["created_at"]).isoformat(timespec="milliseconds"),
    }

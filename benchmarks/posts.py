"""A large feed, written by PostgreSQL itself."""

from uuid import UUID

from django.db import connection

_PEOPLE = """
INSERT INTO accounts_user (
    id, password, is_superuser, username, email, is_staff, is_active, date_joined, bio
)
SELECT gen_random_uuid(), '!', false, 'maker' || n, '', false, true, now(), ''
FROM generate_series(0, %s - 1) AS n
"""

# Posts of 30 seconds apart, newest first in n; ids sort by time as UUIDv7 do.
_POSTS = """
INSERT INTO creations_creation (
    id, user_id, media_type, status, created_at, prompt, model, aspect_ratio, requested_seconds, seed, tokens,
    media_key, thumbnail_key, rendition_key, poster_key, placeholder, content_type, size_bytes,
    duration, width, height, fence, claims, errors, progress, progress_note, error_code, error_message,
    error_retriable, caption, username, like_count, published_at
)
SELECT
    p.id, u.id, 'video', 'published', p.moment - interval '3 minutes',
    'A sunset over mountains with vibrant colors, take ' || p.n, 'diorama', '9:16', 8, p.n, 10,
    f.folder || '.mp4', f.folder || '_thumb.jpg', f.folder || '_480.mp4', f.folder || '_poster.jpg',
    '3OcRJYB4d3h/iIeHeEh3eIhw+j2w', 'video/mp4', 4000000,
    8.0, 1080, 1920, 1, 1, 0, 1, '', '', '', false,
    'Evening light over the ridge, number ' || p.n, u.username, p.n %% 97, p.moment
FROM (
    SELECT n, uuidv7(- n * interval '30 seconds') AS id, now() - n * interval '30 seconds' AS moment
    FROM generate_series(%s, 1, -1) AS n
) AS p
JOIN accounts_user AS u ON u.username = 'maker' || (p.n %% %s)
CROSS JOIN LATERAL (SELECT 'videos/' || u.id || '/' || p.id AS folder) AS f
"""

_LIKES = """
INSERT INTO feed_like (creation_id, user_id)
SELECT id, %s FROM creations_creation WHERE seed %% 5 = 0
"""


def publish_many(posts: int, reader: UUID, people: int = 1000) -> None:
    """Writes `posts` posts by `people` makers; `reader` likes every fifth."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [people])
        cursor.execute(_POSTS, [posts, people])
        cursor.execute(_LIKES, [reader])
        cursor.execute("VACUUM (ANALYZE) creations_creation, feed_like, accounts_user")

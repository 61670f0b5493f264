"""What people do with what they see, and what the feed keeps beside its posts to find them by."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from soho.creations.captions import MAX_TAG
from soho.creations.models import Creation
from soho.ids import new_id

MAX_COMMENT = 1_000


class Like(models.Model):
    """One person's like of one post."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="likes")
    # The unique constraint below begins with this column and serves as its index.
    creation = models.ForeignKey(Creation, on_delete=models.CASCADE, related_name="likes", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["creation", "user"], name="feed_one_like_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.creation_id}"


class Follow(models.Model):
    """One person follows another."""

    # The unique constraint below begins with this column and serves as its index.
    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows", db_index=False
    )
    followed = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followed_by"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="feed_one_follow_a_person"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="feed_no_follow_of_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followed_id}"


class Standing(models.Model):
    """How many people follow somebody, and how many they follow. No row: none and none."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standing", primary_key=True
    )
    followers = models.PositiveIntegerField(default=0, db_default=0)
    following = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.followers}"


class Comment(models.Model):
    """What somebody says below a post, or in answer to such a comment: one level, no deeper."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The indexes below begin with these columns.
    creation = models.ForeignKey(Creation, on_delete=models.CASCADE, related_name="comments", db_index=False)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="comments")
    text = models.CharField(max_length=MAX_COMMENT)
    reply_count = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # Of a post, newest first: ids sort by time. And what goes with a post that is deleted.
            models.Index("creation", "id", name="feed_comments", condition=Q(parent__isnull=True)),
            models.Index("creation", name="feed_comments_of_a_post"),
            models.Index("parent", "id", name="feed_replies", condition=Q(parent__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.creation_id}"


class PostTag(models.Model):
    """A published post and one tag of its caption; gone while it is not published."""

    creation = models.ForeignKey(Creation, on_delete=models.CASCADE, related_name="post_tags")
    # In the order of bytes: the pages need some order of tags, the same everywhere.
    tag = models.CharField(max_length=MAX_TAG, db_collation="C")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Tag pages: keyset pages, newest first (soho/feed/queries.py).
            models.UniqueConstraint(fields=["tag", "published_at", "creation"], name="feed_tag_pages")
        ]

    def __str__(self) -> str:
        return f"#{self.tag} on {self.creation_id}"


class SearchEntry(models.Model):
    """The words by which a published post is found; gone while it is not published.

    A table of its own, because a GIN index beside the count of likes would be written to at every like.
    """

    creation = models.OneToOneField(
        Creation, on_delete=models.CASCADE, related_name="search_entry", primary_key=True
    )
    published_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        indexes = [
            # Written at once: publishing is rare, and a list of what is to be written slows searches.
            GinIndex("words", name="feed_search_words", fastupdate=False),
            models.Index("published_at", "creation", name="feed_search_newest"),
        ]

    def __str__(self) -> str:
        return f"words of {self.creation_id}"

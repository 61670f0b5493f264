"""What people do with what they see."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from soho.creations.models import Creation


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

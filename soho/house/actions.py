"""Filling the feed with the house's posts, and taking them away again.

The posts are creations like all others: held, queued, attempted, captured and published by the verbs that
everybody uses. Their tokens are granted to the house, with a reason, so the books know every one of them.

Locks: the house's account first, then all its creations, then (inside the verbs) its tokens. A worker takes
one creation and then the tokens, so the two can never wait for each other.
"""

from uuid import UUID

import structlog
from django.db import transaction

from soho.accounts.models import User
from soho.creations import actions, intake
from soho.creations.errors import IllegalTransition
from soho.creations.intake import Order
from soho.creations.models import Creation, Status
from soho.house.account import HOUSE_ID, locked_account
from soho.house.errors import NobodyPaints
from soho.house.posts import MODEL, POSTS, SECONDS, Post
from soho.ids import new_id
from soho.ledger import actions as ledger
from soho.ledger import queries as books
from soho.problems.refusals import NotFound
from soho.providers import registry

log = structlog.get_logger(__name__)


def fill() -> int:
    """Starts those of the eight posts that are not there, and those that failed once more; answers how many.

    All of it or nothing, and as often as one likes: what stands, waits or is being made is left alone.
    `publish_ready` puts each into the feed when it is made. Raises NobodyPaints, HouseNameTaken.
    """
    if not all(_paints(post) for post in POSTS):
        raise NobodyPaints
    with transaction.atomic():
        house = locked_account()
        there = {creation.prompt: creation for creation in _locked_creations()}
        orders = [_order(post) for post in POSTS if post.prompt not in there]
        failed = [creation for creation in there.values() if creation.status == Status.FAILED]
        unpaid = sum(creation.tokens for creation in failed if creation.hold is None)
        _afford(house, unpaid + sum(order.price for order in orders))
        for creation in failed:
            actions.retry(house.pk, creation.pk)
        for order in orders:
            actions.start(house, order)
    return len(orders) + len(failed)


def clear() -> int:
    """Takes all posts of the house away, with their media, also those that are being made; answers how many.

    All of it or nothing. Tokens that were not spent go back to where they came from.
    """
    with transaction.atomic():
        house = locked_account()
        creations = _locked_creations()
        for creation in creations:
            if creation.status in {Status.PENDING, Status.PROCESSING}:
                actions.cancel(house.pk, creation.pk)
            actions.remove(house.pk, creation.pk)
        left = books.balance(house.pk).available
        if left:
            ledger.revoke(house.pk, left, reason="The house's posts were removed", key=f"house:{new_id()}")
    return len(creations)


def publish_ready() -> int:
    """Publishes those of the house's posts that are made, each with its caption; answers how many.

    Any number of these may run at once: each post is published once.
    """
    captions = {post.prompt: post.caption for post in POSTS}
    ready = Creation.objects.filter(user_id=HOUSE_ID, status=Status.DRAFT, prompt__in=captions)
    published = 0
    for creation_id, prompt in ready.order_by("created_at", "id").values_list("pk", "prompt"):
        published += _published(creation_id, captions[prompt])
    return published


def _published(creation_id: UUID, caption: str) -> bool:
    try:
        actions.publish(HOUSE_ID, creation_id, caption=caption)
    except (IllegalTransition, NotFound) as error:
        # Published, or taken away, by another since it was read.
        log.info("house.passed_over", creation_id=str(creation_id), reason=str(error))
        return False
    return True


def _paints(post: Post) -> bool:
    return any(model.name == MODEL for model in registry.offered(post.kind))


def _order(post: Post) -> Order:
    return intake.order(
        post.kind,
        post.prompt,
        model=MODEL,
        aspect_ratio=post.aspect_ratio,
        seconds=SECONDS if post.kind == "video" else None,
        seed=post.seed,
    )


def _locked_creations() -> list[Creation]:
    return list(Creation.objects.select_for_update().filter(user_id=HOUSE_ID).order_by("id"))


def _afford(house: User, price: int) -> None:
    """Grants the house what it lacks to pay `price` tokens."""
    short = price - books.balance(house.pk).available
    if short > 0:
        ledger.grant(house.pk, short, reason="To fill the feed with posts", key=f"house:{new_id()}")

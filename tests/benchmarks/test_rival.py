"""The rival of the feed's benchmark does the same work: it asks for what the product asks for."""

import re

from benchmarks.bare import FEED_SQL
from soho.feed.shape import SELECTED


def columns(selected: str) -> list[str]:
    """What is selected, in the words that both have in common."""
    plain = re.sub(r"::text|\bc\.(?!user_id\))|\s+", lambda found: " " * found[0].isspace(), selected)
    return [one.strip() for one in plain.split(",")]


def test_the_rival_selects_what_the_product_selects() -> None:
    rival = FEED_SQL.partition("SELECT")[2].partition("FROM creations_creation")[0]
    assert columns(rival)[:-1] == columns(SELECTED)
    assert columns(rival)[-1].endswith("IS NOT NULL AS liked")

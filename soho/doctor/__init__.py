"""What must hold, checked on the whole installation: rows, books and objects, beside the traffic.

Every finding names what is wrong and which row or object it is about. None of them is ever expected: after
any number of killed processes, lost messages and broken connections there are none.
"""

from collections.abc import Iterator

from soho.doctor import objects, rows
from soho.doctor.finding import Finding
from soho.feed import finding
from soho.ledger import audit


def examine(*, with_objects: bool = True) -> Iterator[Finding]:
    """Every finding, as it is found. `with_objects` also lists the whole storage."""
    for found in audit.verify():
        yield Finding(f"ledger: {found.check}", str(found.account or found.transfer), found.problem)
    yield from rows.examine()
    if with_objects:
        yield from objects.examine()


def mend() -> int:
    """Puts right what can be put right without a choice: what posts are found by. Answers how many it wrote.

    Books, holds and objects are evidence, and left as they are.
    """
    return finding.catch_up()

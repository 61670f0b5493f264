"""What other rooms may hear of a creation, inside the transaction that changes it."""

from django.dispatch import Signal

# Sent with `creation` and `arrow` by `soho.creations.states.move`, and by `clock` for what time does: after
# PUBLISH, UNPUBLISH, DELETE and RESTORE were written, and before PURGE is carried out. A listener that raises
# undoes the change.
moved = Signal()

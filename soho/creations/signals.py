"""What other rooms may hear of a creation, inside the transaction that changes it."""

from django.dispatch import Signal

# Sent by `soho.creations.states.move` with `creation` and `arrow`, after PUBLISH and UNPUBLISH were written
# and before DELETE is carried out. A listener that raises undoes the change.
moved = Signal()

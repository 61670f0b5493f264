"""Django's database sessions, read without the ORM: every signed-in request begins with this look-up.

Named as the module in `SESSION_ENGINE`. Writing, signing and expiry are Django's own.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import connection
from django.utils import timezone

_LIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """Sessions in `django_session`, as Django keeps them."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Django's own model, so that its admin and `clearsessions` find these sessions."""
        return DatabaseSessions.get_model_class()

    def load(self) -> dict[str, Any]:
        """What the session holds; an unknown or expired one is empty and gets a new key when it is saved."""
        with connection.cursor() as cursor:
            cursor.execute(_LIVE, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))

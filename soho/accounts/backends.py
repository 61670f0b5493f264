"""Who a session belongs to, read without the ORM: every signed-in request asks."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.db import connection

from soho.accounts.models import User


class Recognition(ModelBackend):
    """Django's own sign-in with a name and a password. Only the look-up of a person by id is quicker."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with this id, unless there is none or the account is switched off."""
        fields = User._meta.concrete_fields
        try:
            key = User._meta.pk.to_python(user_id)
        except ValidationError:
            return None
        columns = ", ".join(f'"{field.column}"' for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM accounts_user WHERE id = %s", [key])  # noqa: S608 - names of columns
            row = cursor.fetchone()
        if row is None:
            return None
        user = User.from_db(connection.alias, [field.attname for field in fields], row)
        return user if self.user_can_authenticate(user) else None

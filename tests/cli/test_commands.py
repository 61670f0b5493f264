"""The commands that operators type beside a running instance.

tests/embedded/test_up.py runs some of them as processes of their own.
"""

import json
import os
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner, Result
from django.db import connection
from pytest_django import Settings

from soho.accounts.models import User
from soho.cli.main import main
from soho.config import alive
from soho.creations import actions, intake
from soho.ledger import queries

pytestmark = pytest.mark.django_db(transaction=True)


def soho(*words: str, given: str = "") -> Result:
    """Run `soho WORDS` on the database of this test."""
    return CliRunner().invoke(main, words, input=given)


def test_an_account_is_made_with_a_password_from_standard_input():
    made = soho("users", "create", "Alice", given="between the acts 7\n")
    assert (made.exit_code, made.stdout, made.stderr) == (0, "alice can sign in now.\n", "")
    alice = User.objects.get(username="alice")
    assert alice.check_password("between the acts 7")
    assert not alice.is_staff
    assert queries.balance(alice.pk).available == 50


def test_an_operator_may_do_everything():
    assert soho("users", "create", "alice", "--operator", given="between the acts 7\n").exit_code == 0
    alice = User.objects.get(username="alice")
    assert (alice.is_staff, alice.is_superuser) == (True, True)


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        ("alice", "", "password: "),
        ("alice", "short", "too short"),
        ("a/b", "between the acts 7", "username: "),
        ("admin", "between the acts 7", "username: "),
    ],
)
def test_an_account_that_may_not_be_is_refused_in_one_line(username, password, words):
    refused = soho("users", "create", username, given=password + "\n")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: ")
    assert refused.stderr.count("\n") == 1
    assert words in refused.stderr.lower()
    assert not User.objects.exists()


def test_the_first_operator_is_invited_until_there_is_one():
    first, second = soho("users", "invitation").stdout, soho("users", "invitation").stdout
    assert first.startswith("/welcome/")
    assert first != second
    soho("users", "create", "alice", "--operator", given="between the acts 7\n")
    assert soho("users", "invitation").stdout == ""


def test_a_key_is_printed_once_and_works_until_it_is_revoked(alice):
    from soho.accounts.actions import user_for_api_key

    text = soho("keys", "create", "alice", "--name", "render box").stdout.strip()
    assert user_for_api_key(text) == alice
    listed = soho("keys", "list", "alice").stdout
    assert "active" in listed
    assert "render box" in listed
    assert text not in listed
    key_id = listed.split()[0]
    assert soho("keys", "revoke", "alice", key_id).stdout == "Revoked.\n"
    assert soho("keys", "revoke", "alice", key_id).stdout == "It was revoked before.\n"
    assert user_for_api_key(text) is None


def test_tokens_are_given_and_taken_with_a_reason(alice):
    assert soho("tokens", "grant", "alice", "25", "--reason", "a gift").stdout == "alice has 75 tokens now.\n"
    assert soho("tokens", "revoke", "alice", "5", "--reason", "a slip").stdout == "alice has 70 tokens now.\n"
    receipt = queries.receipts(alice.pk, before=None, limit=1)[0]
    assert (receipt.kind, receipt.reason) == ("revoke", "a slip")


def test_a_grant_with_a_key_is_given_once_however_often_it_is_repeated(alice):
    words = ("tokens", "grant", "alice", "25", "--reason", "a gift", "--key", "gift-7")
    assert [soho(*words).stdout for _ in range(2)] == ["alice has 75 tokens now.\n"] * 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("tokens", "grant", "nobody", "5", "--reason", "x"), "There is nobody called nobody."),
        (("tokens", "grant", "alice", "0", "--reason", "x"), "whole numbers"),
        (("tokens", "grant", "alice", "5", "--reason", " "), "reason"),
        (("tokens", "revoke", "alice", "5000", "--reason", "x"), "balance is 50"),
        (("keys", "create", "nobody"), "There is nobody called nobody."),
        (("keys", "create", "alice", "--name", "x" * 61), "60"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(alice, words, sentence):
    refused = soho(*words)
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    assert sentence in refused.stderr


def test_right_books_are_called_right_and_a_forged_balance_is_named(alice):
    assert soho("ledger", "verify").stdout == "The books are right.\n"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balance = balance + 1 WHERE user_id = %s", [alice.pk])
    wrong = soho("ledger", "verify")
    assert wrong.exit_code == 1
    assert wrong.stdout == ""
    assert "of alice: the balance is" in wrong.stderr


def test_a_database_that_does_not_answer_is_told_in_one_line():
    asked = subprocess.run(
        [sys.executable, "-m", "soho", "ledger", "verify"],
        env={**os.environ, "DATABASE_URL": "postgresql://soho@127.0.0.1:9/soho"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert asked.returncode == 1
    assert asked.stderr.startswith("Error: The database does not answer")
    assert asked.stderr.count("\n") == 1


def test_help_answers_without_loading_the_product():
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\nfrom soho.cli.main import main\n"
            "main(['--help'], standalone_mode=False)\n"
            "print([name for name in ('django', 'celery', 'granian', 'psycopg') if name in sys.modules])",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "Start the product" in loaded.stdout
    assert loaded.stdout.endswith("[]\n")


def test_the_version_is_the_packages():
    from importlib.metadata import version

    assert soho("version").stdout == version("soho") + "\n"


def test_the_queue_is_counted_by_kind(alice: User) -> None:
    assert json.loads(soho("queue", "--json").stdout) == {"video": 0, "image": 0}
    for _ in range(2):
        actions.start(alice, intake.order("video", "a lake"))
    assert json.loads(soho("queue", "--json").stdout) == {"video": 2, "image": 0}
    assert soho("queue").stdout == "video  2\nimage  0\n"


def test_a_role_that_never_ran_is_not_alive_and_one_that_signs_is(settings: Settings) -> None:
    assert soho("probe", "beat").exit_code == 1
    alive.touch(settings.SOHO_HOME, "beat")
    assert soho("probe", "beat").exit_code == 0
    long_ago = time.time() - alive.STALE_SECONDS - 10
    os.utime(settings.SOHO_HOME / "alive" / "beat", (long_ago, long_ago))
    silent = soho("probe", "beat")
    assert (silent.exit_code, "last sign of life" in silent.stderr) == (1, True)
    (settings.SOHO_HOME / "alive" / "beat").unlink()

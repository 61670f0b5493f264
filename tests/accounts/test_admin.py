"""What an operator can do to people and tokens, and what nobody can."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from soho.accounts.actions import create_api_key, create_user, user_for_api_key
from soho.accounts.models import ApiKey, User
from soho.ledger import actions as ledger
from soho.ledger.audit import verify
from soho.ledger.models import Account, Transfer
from soho.ledger.queries import balance, receipts

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"


def ask(desk: Client, action: str, *people: User, **fields: object):
    return desk.post(
        PEOPLE, {"action": action, "_selected_action": [str(one.pk) for one in people], **fields}, follow=True
    )


def once(page) -> str:
    return re.search(r'name="once" value="([0-9a-f-]{36})"', page.content.decode()).group(1)


def test_tokens_are_granted_with_a_reason_that_the_person_reads(desk, alice, charlie):
    form = ask(desk, "grant_tokens", alice, charlie)
    assert form.status_code == 200
    assert "alice" in form.content.decode()
    assert balance(alice.id).available == 50

    done = ask(desk, "grant_tokens", alice, charlie, amount=25, reason="For your patience", once=once(form))

    assert "Grant: 25 tokens for 2 people." in done.content.decode()
    assert (balance(alice.id).available, balance(charlie.id).available) == (75, 75)
    newest = receipts(alice.id, before=None, limit=1)[0]
    assert (newest.kind, newest.amount, newest.reason) == ("grant", 25, "For your patience")
    assert verify() == []


def test_who_moved_tokens_is_on_record(desk, olga, alice):
    ask(desk, "grant_tokens", alice, amount=5, reason="Thanks", once=once(ask(desk, "grant_tokens", alice)))

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        olga,
        str(alice.pk),
        "grant: 5 tokens. Thanks",
    )


def test_a_form_sent_twice_counts_once(desk, alice):
    form = {"amount": 25, "reason": "Thanks", "once": once(ask(desk, "grant_tokens", alice))}
    ask(desk, "grant_tokens", alice, **form)
    ask(desk, "grant_tokens", alice, **form)

    assert balance(alice.id).available == 75


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 5, "reason": ""},
        {"amount": 0, "reason": "x"},
        {"amount": -5, "reason": "x"},
        {"amount": "many", "reason": "x"},
        {"amount": 5, "reason": "x" * 201},
        {"amount": 10**12, "reason": "x"},
    ],
)
def test_without_a_reason_or_an_amount_nothing_moves(desk, alice, fields):
    page = ask(desk, "grant_tokens", alice, **fields, once=once(ask(desk, "grant_tokens", alice)))

    assert 'class="errorlist' in page.content.decode()
    assert balance(alice.id).available == 50


def test_a_revocation_that_one_cannot_bear_is_nobodys(desk, alice, charlie):
    ledger.hold(charlie.id, 45, reason="Video", key="v", subject=None)
    form = ask(desk, "revoke_tokens", alice, charlie)

    page = ask(desk, "revoke_tokens", alice, charlie, amount=10, reason="Spam", once=once(form))

    assert "charlie: This takes 10 tokens and the balance is 5." in page.content.decode()
    assert (balance(alice.id).available, balance(charlie.id).available) == (50, 5)
    assert not LogEntry.objects.exists()

    ask(desk, "revoke_tokens", alice, charlie, amount=5, reason="Spam", once=once(form))
    assert (balance(alice.id).available, balance(charlie.id).available) == (45, 0)


def test_transfers_and_accounts_are_only_read(desk, alice):
    transfer, account = Transfer.objects.get(key=f"welcome:{alice.id}"), Account.objects.filter(user=alice)[0]
    for path, pk in (("/admin/ledger/transfer/", transfer.pk), ("/admin/ledger/account/", account.pk)):
        assert desk.get(path).status_code == 200
        assert desk.get(f"{path}{pk}/change/").status_code == 200
        assert desk.post(f"{path}{pk}/change/", {"amount": 1, "balance": 1}).status_code == 403
        assert desk.get(f"{path}add/").status_code == 403
        assert desk.post(f"{path}{pk}/delete/", {"post": "yes"}).status_code == 403
        desk.post(path, {"action": "delete_selected", "_selected_action": [str(pk)], "post": "yes"})
    assert Transfer.objects.get(pk=transfer.pk).amount == 50
    assert verify() == []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/ledger/transfer/?q=alice",
        "/admin/ledger/account/?q=alice",
        f"{PEOPLE}?q=ali",
        "/admin/accounts/apikey/?q=alice",
    ],
)
def test_the_operator_finds_things_by_name(desk, alice, charlie, path):
    create_api_key(alice, "laptop")
    page = desk.get(path).content.decode()
    assert "alice" in page
    assert "charlie" not in page


def test_the_page_of_a_person_shows_what_they_have_and_were_given(desk, alice):
    ledger.hold(alice.id, 7, reason="Video", key="v", subject=None)
    ledger.grant(alice.id, 3, reason="<b>Thanks</b>", key="g")

    page = desk.get(f"{PEOPLE}{alice.pk}/change/").content.decode()

    assert "+3 &lt;b&gt;Thanks&lt;/b&gt;" in page
    assert "+50 Welcome to Soho" in page
    assert '<div class="readonly">46</div>' in page
    assert '<div class="readonly">7</div>' in page


def test_a_person_made_by_an_operator_opens_like_any_other(desk):
    fields = {
        "username": "Bob",
        "usable_password": "true",
        "password1": "a quiet valley",
        "password2": "a quiet valley",
    }
    desk.post(f"{PEOPLE}add/", fields)
    assert balance(User.objects.get(username="bob").id).available == 50

    for taken in ("bob", "BOB", "admin", "<b>"):
        page = desk.post(f"{PEOPLE}add/", {**fields, "username": taken})
        assert 'class="errorlist' in page.content.decode()
    assert User.objects.count() == 2
    assert verify() == []


def test_people_are_switched_off_and_on_but_oneself(desk, olga, alice):
    _, key = create_api_key(alice, "laptop")
    hers = Client()
    hers.force_login(alice)
    assert hers.get(PEOPLE).status_code == 302

    ask(desk, "switch_off", alice, olga)
    assert user_for_api_key(key) is None
    assert not hers.login(username="alice", password="a quiet valley at dawn")
    assert User.objects.get(pk=olga.pk).is_active

    ask(desk, "switch_on", alice)
    assert user_for_api_key(key) == alice


def test_nobody_is_deleted(desk, alice):
    assert desk.post(f"{PEOPLE}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    ask(desk, "delete_selected", alice, post="yes")
    assert User.objects.filter(pk=alice.pk).exists()


def test_a_name_is_not_changed_behind_the_feeds_back(desk, alice):
    desk.post(f"{PEOPLE}{alice.pk}/change/", {"username": "mallory", "bio": "Hello", "is_active": "on"})
    alice.refresh_from_db()
    assert (alice.username, alice.bio) == ("alice", "Hello")


def test_keys_are_revoked_and_never_made_shown_or_deleted(desk, alice):
    key, text = create_api_key(alice, "laptop")
    page = desk.get("/admin/accounts/apikey/").content.decode()
    assert key.prefix in page
    assert key.digest not in page + desk.get(f"/admin/accounts/apikey/{key.pk}/change/").content.decode()
    assert desk.get("/admin/accounts/apikey/add/").status_code == 403
    assert desk.post(f"/admin/accounts/apikey/{key.pk}/delete/", {"post": "yes"}).status_code == 403

    desk.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [str(key.pk)]})

    assert user_for_api_key(text) is None
    assert ApiKey.objects.get().revoked_at


@pytest.fixture
def moderator() -> Client:
    """A browser of Mona, who may look after people and no more."""
    mona = create_user("mona", "a quiet valley at dawn")
    mona.is_staff = True
    mona.save()
    mona.user_permissions.set(
        Permission.objects.filter(
            codename__in=["view_user", "change_user"], content_type__app_label="accounts"
        )
    )
    client = Client()
    client.force_login(mona)
    return client


def test_who_may_change_people_may_not_move_tokens_nor_raise_themselves(moderator, olga, alice):
    assert "grant_tokens" not in moderator.get(PEOPLE).content.decode()
    ask(moderator, "grant_tokens", alice, amount=5, reason="x", once="00000000-0000-7000-8000-00000000000a")
    assert balance(alice.id).available == 50

    mona = User.objects.get(username="mona")
    fields = {"bio": "", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    moderator.post(f"{PEOPLE}{mona.pk}/change/", fields)
    mona.refresh_from_db()
    assert not mona.is_superuser

    password = {"password1": "taken over now", "password2": "taken over now"}
    assert moderator.post(f"{PEOPLE}{olga.pk}/password/", password).status_code == 403
    ask(moderator, "switch_off", olga)
    olga.refresh_from_db()
    assert olga.is_active
    assert olga.check_password("a quiet valley at dawn")


def test_an_ordinary_person_sees_no_admin(alice):
    client = Client()
    client.force_login(alice)
    for path in (PEOPLE, "/admin/ledger/transfer/", "/admin/"):
        assert client.get(path).status_code == 302


def test_the_pages_keep_the_strict_policy(desk, alice):
    """Nothing inline, so the policy that forbids it breaks nothing."""
    pages = [
        desk.get(path)
        for path in (
            "/admin/",
            PEOPLE,
            f"{PEOPLE}{alice.pk}/change/",
            f"{PEOPLE}add/",
            "/admin/ledger/transfer/",
        )
    ] + [ask(desk, "grant_tokens", alice)]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        text = page.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
        assert not re.search(r"<style|\sstyle\s*=", text)


def test_a_page_of_people_takes_no_query_more_for_each(desk, alice, django_assert_max_num_queries):
    for n in range(10):
        create_user(f"person{n}", "a quiet valley at dawn")
    with django_assert_max_num_queries(8):
        desk.get(PEOPLE)

"""Names: safe in a URL, nobody's but one person's, and never the site's own."""

import pytest
from django.core.exceptions import ValidationError

from soho.accounts.actions import create_user
from soho.accounts.models import User
from soho.accounts.names import RESERVED
from soho.accounts.queries import profile

pytestmark = pytest.mark.django_db

PASSWORD = "a quiet valley at dawn"


def refused(name: str) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        create_user(name, PASSWORD)
    assert set(refusal.value.message_dict) == {"username"}
    return refusal.value.message_dict["username"]


@pytest.mark.parametrize("name", ["al", "a.b", "a-b_c.d", "4ever", "x" * 30, "a1"])
def test_good_names(name):
    assert create_user(name, PASSWORD).username == name


def test_a_name_is_kept_in_lower_case_without_blanks_around_it():
    assert create_user("  AliCe \n", PASSWORD).username == "alice"
    assert profile("ALICE").username == "alice"


@pytest.mark.parametrize("name", ["", " ", "a", "x" * 31, "x" * 10_000])
def test_too_short_and_too_long(name):
    refused(name)


@pytest.mark.parametrize(
    "name",
    [
        "<b>alice</b>",
        "<script>alert(1)</script>",
        "alice&bob",
        'al"ice',
        "al'ice",
        "alice/bob",
        "../alice",
        "alice?x",
        "alice#x",
        "al ice",
        "al\nice",
        "al\x00ice",
        "alice%2f",
        "@alice",
        ".alice",
        "alice.",
        "-alice",
        "alice_",
        "alice\u200b",
        "\u202ealice",
    ],
)
def test_markup_paths_and_invisible_characters(name):
    refused(name)


@pytest.mark.parametrize(
    "name",
    [
        "аlice",  # CYRILLIC SMALL LETTER A
        "ａｌｉｃｅ",  # FULLWIDTH
        "alicé",
        "ali\u0301ce",  # COMBINING ACUTE ACCENT
        "\u212aarl",  # KELVIN SIGN, whose lower case is an ASCII k
        "al\u0131ce",  # DOTLESS I
        "ALİCE",  # I WITH DOT ABOVE
        "alice٣",  # ARABIC-INDIC DIGIT THREE
        "爱丽丝",
        "🎬🎬",
    ],
)
def test_look_alikes_and_other_scripts(name):
    create_user("alice", PASSWORD)
    create_user("karl", PASSWORD)

    assert refused(name) == [
        "Use 2 to 30 lower-case letters, digits, dots, hyphens or underscores, "
        "beginning and ending with a letter or digit."
    ]


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_the_sites_own_words_in_any_case_and_spelling(name):
    for spelling in {name, name.upper(), name.replace("-", "_")}:
        assert refused(spelling) == ["That name is kept for the site itself. Choose another."]


@pytest.mark.parametrize("name", ["alice", "ALICE", " Alice"])
def test_a_name_is_given_once_in_any_case(name):
    create_user("alice", PASSWORD)

    assert refused(name) == ["That name is taken. Choose another."]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "word"),
    [("", "short"), ("seven77", "short"), ("password", "common"), ("alice-wonder", "similar")],
)
def test_weak_passwords(password, word):
    with pytest.raises(ValidationError) as refusal:
        create_user("alice-wonder", password)
    assert any(word in message for message in refusal.value.message_dict["password"])
    assert User.objects.count() == 0


def test_everything_wrong_is_said_at_once():
    with pytest.raises(ValidationError) as refusal:
        create_user("admin", "short")
    assert set(refusal.value.message_dict) == {"username", "password"}


def test_who_is_switched_off_has_no_profile():
    alice = create_user("alice", PASSWORD)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert profile("alice") is None
    assert profile("nobody") is None

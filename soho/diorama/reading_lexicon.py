"""Lexicons: what words mean, read from data. One TOML file a language; the prompt's own words choose among
them.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

NOUN_TABLES = frozenset({"setting", "time", "weather", "water", "sky", "thing", "group", "season"})
ADJECTIVE_TABLES = frozenset({"colour", "size", "count", "vivid", "style", "mood", "speed", "place"})
PASSAGE_TABLES = (
    *("setting", "time", "weather", "water", "sky", "season", "thing", "spot"),
    *("camera", "take", "vivid", "style", "mood", "colour", "ground"),
    *("count", "size", "speed", "motion", "airborne", "place", "preposition"),
)
FIRST = "en"  # wins where two languages know equally many words

Sense = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a passage names: pairs of table and concept. `plural` when its form is a plural's."""

    senses: tuple[Sense, ...]
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: passages to what they name, and the words of its grammar. Passages are folded words
    joined by single spaces; `reach` is the longest passage, in words, that begins with a word; `known` holds
    the words that name nothing and need no drawing, `vocabulary` every word of every passage.
    """

    language: str
    adjectives_follow: bool
    entries: dict[str, Entry]
    reach: dict[str, int]
    groups: dict[str, int]
    roles: dict[str, frozenset[str]]
    known: frozenset[str]
    vocabulary: frozenset[str]

    def is_a(self, role: str, word: str) -> bool:
        """Whether a word plays a role of grammar: "negations", "between", "articles", "ignored" and so on."""
        return word in self.roles[role]


ROLES = (
    *("negations", "between", "alternatives", "joiners", "articles"),
    *("definite", "copulas", "intensifiers", "invariant"),
)


def fold(word: str) -> str:
    """A word as the lexicon compares it: lower case, without accents, with a straight apostrophe."""
    lower = word.lower()
    if lower.isascii():
        return lower
    parts = unicodedata.normalize("NFD", lower.replace("’", "'"))
    return "".join(c for c in parts if not unicodedata.combining(c)) or lower


def key(passage: str) -> str:
    """A passage as the lexicon stores it: folded words, hyphens as spaces, single spaces between."""
    return " ".join(fold(passage.replace("-", " ")).split())


@cache
def languages() -> tuple[str, ...]:
    """The languages there is a lexicon for, the first one first."""
    folder = resources.files("soho.diorama").joinpath("lexicon")
    names = sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    return (FIRST, *(name for name in names if name != FIRST))


@cache
def lexicon(language: str = FIRST) -> Lexicon:
    """The lexicon of a language, read once. Raises FileNotFoundError for a language there is no file for."""
    source = resources.files("soho.diorama").joinpath("lexicon", f"{language}.toml").read_text("utf-8")
    tables: dict[str, Any] = tomllib.loads(source)
    grammar = tables["grammar"]
    exact: dict[str, dict[Sense, bool]] = {}
    derived: dict[str, dict[Sense, bool]] = {}
    for table in PASSAGE_TABLES:
        for concept, passages in tables[table].items():
            for passage in map(key, passages):
                exact.setdefault(passage, {})[table, concept] = False
                for form, plural in forms(passage, table, grammar):
                    derived.setdefault(form, {})[table, concept] = plural
    groups = {}
    for passage, (concept, count) in tables["group"].items():
        groups[key(passage)] = int(count)
        exact.setdefault(key(passage), {})["thing", concept] = True
        for form, _ in forms(key(passage), "group", grammar):
            derived.setdefault(form, {})["thing", concept] = True
    for form, senses in derived.items():
        exact.setdefault(form, senses)  # what is written down wins over what a rule makes
    entries = {words: Entry(tuple(senses), all(senses.values())) for words, senses in exact.items()}
    roles = {role: frozenset(map(key, grammar[role])) for role in ROLES}
    ignored = [key(word) for word in tables["manner"]["ignored"]]
    plurals = [form for word in ignored for form in swapped(word, grammar["plurals"])]
    roles["ignored"] = frozenset([*ignored, *plurals])
    spoken = [*entries, *(word for role in roles.values() for word in role)]
    return Lexicon(
        language,
        grammar["adjectives"] == "after",
        entries,
        reaches([*entries, *roles["negations"]]),
        groups,
        roles,
        frozenset().union(*roles.values()),
        frozenset(word for passage in spoken for word in passage.split()),
    )


def forms(passage: str, table: str, grammar: dict[str, Any]) -> list[tuple[str, bool]]:
    """The forms that the language's rules make of a passage, and whether each is a plural."""
    made: list[tuple[str, bool]] = []
    if table in ADJECTIVE_TABLES:
        stems = [passage, *swapped(passage, grammar["inflections"])]
        made += [(stem, False) for stem in stems[1:]]
        if grammar["inflections"]:
            made += [(form, False) for stem in stems for form in swapped(stem, grammar["plurals"])]
    if table in NOUN_TABLES:
        made += [(form, True) for form in swapped(passage, grammar["plurals"])]
        if grammar["adjectives"] == "after":  # the head of "globo aerostático" is its first word
            head, _, rest = passage.partition(" ")
            made += [(f"{form} {rest}", True) for form in swapped(head, grammar["plurals"]) if rest]
            made += [
                (f"{form} {tail}", True)
                for form in swapped(head, grammar["plurals"])
                for tail in swapped(rest, grammar["plurals"])
                if rest
            ]
    return made


def swapped(passage: str, rules: Iterable[tuple[str, str]]) -> list[str]:
    """A passage with its ending exchanged by each rule that fits it."""
    return [passage.removesuffix(old) + new for old, new in rules if passage.endswith(old)]


def reaches(passages: Iterable[str]) -> dict[str, int]:
    """For each word that begins a passage, how many words the longest such passage has."""
    reach: dict[str, int] = {}
    for passage in passages:
        words = passage.split()
        reach[words[0]] = max(reach.get(words[0], 0), len(words))
    return reach


@cache
def tongue(language: str) -> Lexicon:
    """A lexicon that also understands the other languages wherever its own does not know a word."""
    own = lexicon(language)
    entries, reach, groups = dict(own.entries), dict(own.reach), dict(own.groups)
    roles, vocabulary = dict(own.roles), own.vocabulary
    for other in (lexicon(name) for name in languages() if name != language):
        for words, entry in other.entries.items():
            if words not in entries and words.split()[0] not in own.vocabulary:
                entries[words] = entry
                if words in other.groups:
                    groups[words] = other.groups[words]
        roles = {role: words | (other.roles[role] - vocabulary) for role, words in roles.items()}
        vocabulary |= other.vocabulary
    reach = reaches([*entries, *roles["negations"]])
    known = frozenset().union(*roles.values())
    return Lexicon(language, own.adjectives_follow, entries, reach, groups, roles, known, vocabulary)


def language_of(words: Iterable[str]) -> str:
    """The language whose lexicon knows most of these folded words."""
    said = list(words)
    return max(languages(), key=lambda name: sum(word in lexicon(name).vocabulary for word in said))

"""Phrases: from the words of a prompt to mentions and things, each with what was said of it.

The rules, in the order a reader needs them: the longest known passage wins; a negation denies the next head
it reaches, and "or" carries it on; adjectives belong to the head they stand beside; what is said after a
thing (motion, speed, a place) belongs to that thing; a preposition relates the thing before it to the
landmark after it; and a word that nothing is known about is kept, to be told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from soho.diorama.reading_lexicon import Entry, Lexicon, Sense, fold
from soho.diorama.reading_nouns import NOUNS
from soho.diorama.scene import Motion, Place

TOKEN = re.compile(r"([^\W_]+(?:[-'’][^\W_]+)*)|([,;:])|[.!?\n。！？]")
MODIFIERS = frozenset({"colour", "size", "count", "speed", "motion", "airborne", "place"})
LANDS = frozenset({"setting", "water"})
HEADS = frozenset({"thing", "time", "weather", "sky", "spot", "camera"}) | LANDS
DOUBTFUL = frozenset({"setting", "style", "take"})  # tables with concepts that have no drawing yet
SIDES = frozenset({"left", "right"})
COMMA = ","
STOP = "."
PAUSES = frozenset({COMMA, STOP})


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, and as the lexicon compares it. Punctuation is folded to a comma or a stop."""

    written: str
    folded: str


@dataclass(slots=True)
class Mention:
    """A concept, `at` the number of its first word in the prompt; `of` names the thing it was said of."""

    table: str
    concept: str
    words: str
    negated: bool
    of: str = ""
    at: int = 0


@dataclass(slots=True)
class Draft:
    """A thing while it is being read: its mention, and what was said of it so far."""

    mention: Mention
    plural: bool
    article: bool
    group: int
    said: dict[str, str] = field(default_factory=dict)
    place: Place | None = None

    @property
    def name(self) -> str:
        """The canonical noun."""
        return self.mention.concept


@dataclass(slots=True)
class Listening:
    """What a prompt was heard to say: `mentions` and `things` in order, and what was `asked` for that may
    have no drawing: unknown words as written, things, and mentions whose concepts are not all drawn.
    """

    mentions: list[Mention] = field(default_factory=list)
    things: list[Draft] = field(default_factory=list)
    asked: list[str | Draft | Mention] = field(default_factory=list)
    take: dict[str, str] = field(default_factory=dict)


def words_of(text: str, vocabulary: frozenset[str]) -> list[Word]:
    """The words and stops of a text. A hyphenated word is several where the vocabulary has all of them."""
    words: list[Word] = []
    for found in TOKEN.finditer(text):
        written, comma = found.groups()
        if not written:
            words.append(Word(COMMA if comma else STOP, COMMA if comma else STOP))
            continue
        folded = fold(written)
        parts = folded.split("-")
        if len(parts) > 1 and all(part in vocabulary for part in parts):
            words += [Word(*pair) for pair in zip(written.split("-"), parts, strict=True)]
        else:
            words.append(Word(written, folded))
    return words


def listen(words: list[Word], lexicon: Lexicon) -> Listening:
    """Hear a text's words. Takes time in proportion to their number."""
    ear = Ear(words, lexicon)
    while ear.at < len(words):
        ear.at += ear.step()
    ear.settle()
    return ear.heard


class Ear:
    """Reads words one passage at a time, and keeps what is still open: adjectives whose noun has not come,
    the subject that later words may speak of, a preposition that waits for its landmark, and a negation.
    """

    def __init__(self, words: list[Word], lexicon: Lexicon) -> None:
        self.words, self.lexicon, self.at = words, lexicon, 0
        self.heard = Listening()
        self.ahead: list[Mention] = []  # modifiers whose head has not come yet
        self.stranger = ""  # an unknown word since those modifiers: they may have been its own
        self.subject: Draft | Mention | None = None  # the thing or camera that later words speak of
        self.beside: Draft | Mention | None = None  # the head that adjectives follow without a gap
        self.relation = ""
        self.negating = self.resuming = False
        self.article = self.definite = self.predicate = self.joined = False

    def step(self) -> int:
        """Take in what starts here; the number of words it took."""
        word = self.words[self.at].folded
        if word in PAUSES:
            return self.pause(word)
        length, entry, negation = self.match()
        if entry:
            written = " ".join(w.written.lower() for w in self.words[self.at : self.at + length])
            self.take_in(self.fitting(entry.senses), written, entry.plural)
            return length
        if negation:
            self.settle()
            self.negating, self.relation = True, ""
            return length
        self.grammar(word)
        return 1

    def match(self) -> tuple[int, Entry | None, bool]:
        """The longest known passage that starts here: its length, what it names, and whether it negates."""
        first, lexicon = self.words[self.at].folded, self.lexicon
        run = [w.folded for w in self.words[self.at : self.at + lexicon.reach.get(first, 0)]]
        for length in range(next((i for i, w in enumerate(run) if w in PAUSES), len(run)), 0, -1):
            passage = " ".join(run[:length])
            if passage in lexicon.entries:
                return length, lexicon.entries[passage], False
            if lexicon.is_a("negations", passage):
                return length, None, True
        if first.isdecimal():
            if not first.strip("0０"):
                return 1, None, True
            many = min(12, int(first)) if len(first) < 4 else 12
            return 1, Entry((("count", str(max(1, many))),)), False
        return 1, None, False

    def fitting(self, senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
        """Of a passage that could be the camera's ("moving left"), the senses that the subject leaves."""
        tables = {table for table, _ in senses}
        if "camera" in tables and tables & (MODIFIERS | {"preposition"}):
            mine = isinstance(self.subject, Draft)
            return tuple(sense for sense in senses if (sense[0] == "camera") != mine)
        return senses

    def pause(self, mark: str) -> int:
        """A comma ends adjectives and negations, a stop the subject too. "No cats, dogs or boats" goes on."""
        on = mark == COMMA and self.resuming and self.listing()
        if mark == STOP or not self.article or self.stranger:  # but "on a calm, dark sea" goes on
            self.settle()
            self.relation = ""
        self.negating, self.resuming = on, on
        self.beside, self.predicate = None, False
        if mark == STOP:
            self.subject = None
        return 1

    def listing(self) -> bool:
        """Whether an "or" ends the list that this comma stands in."""
        for word in self.words[self.at + 1 : self.at + 6]:
            if word.folded == STOP:
                return False
            if self.lexicon.is_a("alternatives", word.folded):
                return True
        return False

    def grammar(self, word: str) -> None:
        """A word that names nothing itself."""
        lexicon = self.lexicon
        if lexicon.is_a("intensifiers", word):
            return
        if lexicon.is_a("alternatives", word) and self.resuming:
            self.negating = True
            return
        self.negating = self.negating and (
            lexicon.is_a("between", word) or lexicon.is_a("alternatives", word)
        )
        if lexicon.is_a("joiners", word):
            self.joined = self.beside is not None
            if self.joined:
                return  # "globos rojos y azules"
            if any(m.table in ("colour", "size") for m in self.ahead):
                return  # "red and white boats"
            self.settle()
            return
        if word not in lexicon.known:
            self.stranger, self.beside = self.words[self.at].written.lower(), None
            self.heard.asked.append(self.stranger)
            if self.article or any(mention.table == "count" for mention in self.ahead):
                self.subject, self.relation = None, ""  # "a boat and a zebra in the sky": not the boat
            return
        self.settle()
        self.predicate = lexicon.is_a("copulas", word) and isinstance(self.subject, Draft)
        self.definite = lexicon.is_a("definite", word)
        self.article = self.definite or lexicon.is_a("articles", word)

    def take_in(self, senses: tuple[Sense, ...], written: str, plural: bool) -> None:
        """A known passage."""
        tables = {table for table, _ in senses}
        if tables == {"preposition"}:
            self.relate(senses[0][1])
            return
        heads = tables & HEADS
        for table, concept in senses:
            mention = Mention(table, concept, written, self.negating, at=self.at)
            if table in MODIFIERS:
                self.modify(mention)
            elif table == "thing":
                self.name(mention, plural)
            elif table == "camera":
                self.aim(mention)
            elif table not in ("spot", "preposition"):
                self.heard.mentions.append(mention)
                if table in DOUBTFUL and not mention.negated:
                    self.heard.asked.append(mention)
        if "preposition" in tables:
            self.relate(dict(senses)["preposition"])
        elif heads and not heads & {"thing", "camera"}:
            self.head(heads, dict(senses))
        if heads or not tables & MODIFIERS:
            self.negating, self.resuming = False, self.negating

    def modify(self, mention: Mention) -> None:
        """An adjective or adverb: back to the head it follows, else kept for the one to come."""
        if mention.table == "colour":
            self.heard.mentions.append(mention)
        back = self.subject if self.predicate else self.beside
        if back and mention.table != "count" and (mention.table == "colour" or not self.joined):
            self.bind(back, mention)
        elif not (self.negating and mention.table != "colour"):
            self.ahead.append(mention)

    def name(self, mention: Mention, plural: bool) -> None:
        """A thing is named: it takes the adjectives before it, and the words after it speak of it."""
        self.land(None)
        earlier = next((d for d in reversed(self.heard.things) if d.name == mention.concept), None)
        counted = any(m.table == "count" for m in self.ahead)
        if earlier and self.definite and not counted and earlier.mention.negated == mention.negated:
            draft = earlier
        else:
            invariant = self.lexicon.is_a("invariant", mention.words) and not self.article
            group = self.lexicon.groups.get(mention.words, 0)
            draft = Draft(mention, plural or invariant, self.article, group)
            self.heard.things.append(draft)
            if not mention.negated:
                self.heard.asked.append(draft)
        self.heard.mentions.append(mention)
        self.give(draft)
        if not mention.negated:
            self.subject = draft
        self.beside = draft if self.lexicon.adjectives_follow else None

    def aim(self, mention: Mention) -> None:
        """The camera moves: it takes a speed that was said before, and may take one after."""
        self.heard.mentions.append(mention)
        self.heard.asked.append(mention)
        self.give(mention)
        self.subject, self.beside, self.relation = mention, None, ""

    def head(self, heads: frozenset[str] | set[str], senses: dict[str, str]) -> None:
        """A place, an hour, a weather or a light is named. Colours before land colour it, others the sky."""
        self.land(senses)
        kept = [m for m in self.ahead if m.table == "place" and "place" in senses]  # "underwater", both
        land = bool(heads & LANDS) and senses.get("setting") != "space"
        last = self.heard.mentions[-1] if self.heard.mentions else Mention("spot", "", "", False)
        self.give(Mention("land" if land else "spot", last.concept, last.words, False))
        self.ahead = [] if self.subject else kept
        for mention in kept if self.subject else ():
            self.bind(self.subject, mention)  # type: ignore[arg-type]  # the loop runs only where there is a subject
        follows = self.lexicon.adjectives_follow
        self.beside = Mention("land" if land else "spot", "", "", False) if follows else None

    def relate(self, preposition: str) -> None:
        """A preposition: the thing before it stands somewhere by what comes after it."""
        self.settle()
        self.negating = False
        self.relation = preposition if isinstance(self.subject, Draft) else ""

    def land(self, senses: dict[str, str] | None) -> None:
        """The landmark of a preposition has come: place the subject by it."""
        if self.relation and isinstance(self.subject, Draft) and not self.negating:
            place = placed(self.subject.name, self.relation, senses or {})
            if place:
                self.subject.place = place
        self.relation = ""

    def give(self, head: Draft | Mention) -> None:
        """Give the waiting modifiers to the head that has come."""
        for mention in self.ahead:
            self.bind(head, mention)
        self.clear()

    def bind(self, head: Draft | Mention, mention: Mention) -> None:
        """Say one thing of a head, if it can be said of such a one."""
        if isinstance(head, Draft):
            if head.mention.negated:
                mention.negated = True
            mention.of = head.name
            said(head, mention)
            if mention.table != "colour":
                self.heard.mentions.append(mention)
        elif head.table == "camera" and mention.table == "speed":
            mention.of = "camera"
            self.heard.take["speed"] = mention.concept
            self.heard.mentions.append(mention)
        elif head.table == "camera" and mention.concept in SIDES and head.concept in SIDES:
            head.concept = mention.concept  # "pan slowly left"
        elif head.table == "land" and mention.table == "colour":
            mention.table = "ground"

    def settle(self) -> None:
        """No head came: motion, speed and place speak of the subject, and colours of the sky; but all of the
        unknown word among them, if there is one.
        """
        for mention in self.ahead:
            if mention.table == "colour":
                mention.of = self.stranger
            elif (
                mention.table in ("speed", "motion", "airborne", "place")
                and self.subject
                and not self.stranger
            ):
                self.bind(self.subject, mention)
        self.clear()

    def clear(self) -> None:
        """Nothing is open any more before the next noun."""
        self.ahead, self.stranger, self.beside = [], "", None
        self.article = self.definite = self.predicate = self.joined = False


def said(thing: Draft, mention: Mention) -> None:
    """Note what a mention says of a thing; the first word on each matter stands."""
    if mention.table == "place":
        thing.place = Place(mention.concept)
    elif mention.table == "airborne":
        thing.place = thing.place or (None if NOUNS[thing.name].rooted else Place.SKY)
    elif mention.table == "count" or thing.said.get("motion") == Motion.IN_CHARACTER.value:
        thing.said[mention.table] = mention.concept  # "one dozen" is twelve; "sailing left" is left
    else:
        thing.said.setdefault(mention.table, mention.concept)


def placed(name: str, preposition: str, landmark: dict[str, str]) -> Place | None:
    """Where a thing is that stands in, on, over, under, behind, before or near a landmark; None: as usual."""
    noun, spot = NOUNS[name], landmark.get("spot")
    water = "water" in landmark and landmark.get("setting") != "beach"
    if preposition == "under":
        return Place.UNDERWATER if water else None
    if preposition == "behind":
        return Place.FAR if noun.place is not Place.SKY else None
    if spot:
        return Place(spot)
    if landmark.get("weather") == "clouds" and preposition in ("in", "over"):
        return Place.SKY
    if preposition in ("before", "near") and (not landmark or landmark.keys() & LANDS):
        return Place.NEAR if noun.place in (Place.FAR, Place.HORIZON) else None
    if water and preposition in ("on", "in") and not noun.rooted:
        wet = noun.place in (Place.WATER, Place.UNDERWATER)
        return None if preposition == "in" and wet else Place.WATER
    return None

"""Everything the hall publishes, loaded and indexed: one immutable snapshot that the app answers from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from knowledge.answer import Writer
from knowledge.calendar import NO_EXCEPTIONS, DayException, HallCalendar
from knowledge.confidence import Confidence
from knowledge.encoder.remember import RememberedVectors
from knowledge.labels import Labels, load_labels
from knowledge.link import Linker, LinkSettings, Phrase, Shelf
from knowledge.loader import (
    KnowledgeError,
    Problem,
    clashes,
    load_faq,
    load_guides,
    load_hall,
    load_words,
    load_yaml,
)
from knowledge.model import Facilities, Facility, FaqEntry, Guide, Hall, Scenario, Scenarios, Topic, Topics
from knowledge.target import Entry, Kind, Target
from knowledge.text.homophones import Homophones
from knowledge.text.initials import FixedInitials, Initials
from knowledge.text.script import simplified
from knowledge.text.tokens import Tokens, normalise

T = TypeVar("T")
GUEST_CHARACTERS = 150
"""How much of a guest's name with its materials, and with its conditions, is indexed."""
NAME_CHARACTERS = 12
"""Longer phrases tell a story; slips are mended by the words of shorter ones."""


@dataclass(frozen=True)
class Published:
    """What is published, read and checked, not indexed yet. Guides and FAQ entries change while the app runs, the
    rest comes from the data folder at the start."""

    hall: Hall
    guides: Mapping[str, Guide]
    faq: Mapping[str, FaqEntry]
    facilities: Mapping[str, Facility]
    scenarios: Mapping[str, Scenario]
    topics: Mapping[str, Topic]
    labels: Labels
    linking: LinkSettings
    confidence: Confidence
    question_words: tuple[str, ...]
    asking_words: tuple[str, ...]
    interrogatives: frozenset[str]
    initials: FixedInitials
    elsewhere: tuple[str, ...] = ()
    """Names of services that other halls have and this one does not."""


@dataclass(frozen=True)
class KnowledgeBase:
    """`as_of` is the day for which it was built: FAQ entries answer on their days only. `titles` are the exact,
    normalised names under which options send themselves back."""

    published: Published
    as_of: date
    linker: Linker
    tokens: Tokens
    homophones: Homophones
    initials: Initials
    titles: Mapping[str, Target]
    calendar: HallCalendar

    @property
    def hall(self) -> Hall:
        return self.published.hall

    @property
    def guides(self) -> Mapping[str, Guide]:
        return self.published.guides

    @property
    def labels(self) -> Labels:
        return self.published.labels

    @property
    def writer(self) -> Writer:
        return Writer(self.hall, self.labels, self.guides)

    def is_over(self, guide: Guide) -> bool:
        """Whether the guide's last day has passed."""
        return guide.valid_until is not None and guide.valid_until < self.as_of

    def is_unchecked(self, guide: Guide) -> bool:
        """Whether nobody has checked the guide for longer than the hall allows."""
        return (self.as_of - guide.checked_on).days > self.hall.checked_within_days

    def read_text(self, text: str) -> str:
        """The text as it is understood: normalised, in simplified characters, pinyin and homophone slips mended
        against names and asking words."""
        plain = self.initials.expand(normalise(simplified(text)))
        return self.homophones.mend(self.tokens.plain(plain))

    def asks(self, text: str) -> bool:
        """Whether normalised text holds a word that asks a question."""
        return any(word in self.published.interrogatives for word in self.tokens.plain(text))

    def title(self, target: Target) -> str:
        """The name of a target as citizens read it."""
        match target.kind:
            case Kind.GUIDE:
                return self.published.guides[target.id].name
            case Kind.FAQ:
                return self.published.faq[target.id].questions[0]
            case Kind.FACILITY:
                return self.published.facilities[target.id].name
            case Kind.SCENARIO:
                return self.published.scenarios[target.id].name
            case Kind.TOPIC:
                return self.published.topics[target.id].name


def read(folder: Path) -> Published:
    """Reads and checks the whole folder; raises KnowledgeError with every problem found."""
    problems: list[Problem] = []

    def attempt(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except KnowledgeError as error:
            problems.extend(error.problems)
            return None

    hall = attempt(lambda: load_hall(folder / "hall.yaml"))
    guides = attempt(lambda: load_guides(hall, folder / "guides"))
    faq = attempt(lambda: load_faq(folder / "faq"))
    facilities = attempt(lambda: load_yaml(folder / "facilities.yaml", Facilities))
    scenarios = attempt(lambda: load_yaml(folder / "scenarios.yaml", Scenarios))
    topics = attempt(lambda: load_yaml(folder / "topics.yaml", Topics))
    labels = attempt(lambda: load_labels(folder))
    linking = attempt(lambda: load_yaml(folder / "linking.yaml", LinkSettings))
    confidence = attempt(lambda: load_yaml(folder / "confidence.yaml", Confidence))
    question_words = attempt(lambda: load_words(folder / "question_words.txt"))
    asking_words = attempt(lambda: load_words(folder / "asking_words.txt"))
    interrogatives = attempt(lambda: load_words(folder / "interrogatives.txt"))
    elsewhere = attempt(lambda: load_words(folder / "elsewhere.txt"))
    initials = attempt(lambda: load_yaml(folder / "initials.yaml", FixedInitials))
    problems += clashes(guides or {}, folder / "guides")
    if problems or not (
        hall and guides and facilities and scenarios and topics and labels and linking and initials and confidence
    ):
        raise KnowledgeError(problems)
    return Published(
        hall=hall,
        guides=guides,
        faq=faq or {},
        facilities={f.id: f for f in facilities.facilities},
        scenarios={s.id: s for s in scenarios.scenarios},
        topics={t.id: t for t in topics.topics},
        labels=labels,
        linking=linking,
        confidence=confidence,
        question_words=question_words or (),
        asking_words=asking_words or (),
        interrogatives=frozenset(interrogatives or ()),
        initials=initials,
        elsewhere=elsewhere or (),
    )


class Workshop:
    """What a snapshot is built with; it remembers vectors and words of names, so that a rebuild costs little."""

    def __init__(self, vectors: RememberedVectors, words_file: Path, question_words: Iterable[str]) -> None:
        self.vectors = vectors
        self.tokens = Tokens(words_file, question_words)
        self.content = cache(self.tokens.content)
        self.pieces = cache(self.tokens.pieces)

    def shelf(self, entries: Sequence[Entry], faq: Iterable[FaqEntry], settings: LinkSettings) -> Shelf:
        """The index over these phrases, and over what is answered."""
        texts = [normalise(entry.text) for entry in entries]
        phrases = [Phrase(e.target, t, self.content(t), self.pieces(t)) for e, t in zip(entries, texts, strict=True)]
        told = {Target(Kind.FAQ, entry.id): self.pieces(normalise(entry.answer)) for entry in faq}
        return Shelf(phrases, self.vectors(texts), settings, told)


def build(
    published: Published,
    workshop: Workshop,
    as_of: date,
    exceptions: Mapping[date, DayException] = NO_EXCEPTIONS,
) -> KnowledgeBase:
    """Indexes what was read; `exceptions` are the days that staff set for the hall's calendar."""
    tokens = workshop.tokens
    own = list(own_entries(published, as_of))
    guests = list(_guest_entries(published, as_of))
    settings = published.linking
    faq = published.faq.values()
    shelf = workshop.shelf(own, faq, settings)
    elsewhere = workshop.vectors([normalise(name) for name in published.elsewhere])
    beside = workshop.shelf(guests, faq, settings) if guests else None
    linker = Linker(shelf, beside, tokens, settings, elsewhere)
    named = {w for e in own if _is_name(e) for w in workshop.content(normalise(e.text))}
    names = [normalise(text) for text in (*(e.text for e in own), *_option_texts(published))]
    homophones = Homophones({*named, *published.asking_words}, published.question_words, names)
    initials = Initials({*named, *tokens.hall_words}, published.initials.words)
    titles = _titles([*guests, *own])
    calendar = HallCalendar(published.hall, exceptions)
    return KnowledgeBase(published, as_of, linker, tokens, homophones, initials, titles, calendar)


def _is_name(entry: Entry) -> bool:
    """Whether a phrase names an item and does not tell a story, most of whose words name nothing."""
    return entry.target.kind is Kind.GUIDE and len(entry.text) <= NAME_CHARACTERS


def _option_texts(published: Published) -> Iterator[str]:
    """What options send beside titles: situations of items, branches of scenarios."""
    for guide in published.guides.values():
        yield from (situation.name for situation in guide.situations)
    for scenario in published.scenarios.values():
        yield from (branch.title for question in scenario.questions.values() for branch in question.branches)


def _titles(found: list[Entry]) -> dict[str, Target]:
    """The first phrase of every target; the later in the list wins, so the hall's own come last."""
    first: dict[Target, str] = {}
    for entry in found:
        first.setdefault(entry.target, normalise(entry.text))
    return {text: target for target, text in first.items()}


def own_entries(published: Published, as_of: date) -> Iterator[Entry]:
    """Every phrase by which something of the hall's own is found on that day."""
    for guide in published.guides.values():
        if guide.origin is None:
            yield from _guide_entries(guide)
    for entry in published.faq.values():
        if entry.origin is None and entry.answers_on(as_of):
            yield from (Entry(Target(Kind.FAQ, entry.id), text) for text in entry.questions)
    named: tuple[tuple[Kind, Mapping[str, Facility | Scenario | Topic]], ...] = (
        (Kind.FACILITY, published.facilities),
        (Kind.SCENARIO, published.scenarios),
        (Kind.TOPIC, published.topics),
    )
    for kind, things in named:
        for thing in things.values():
            yield from (Entry(Target(kind, thing.id), text) for text in (thing.name, *thing.phrases))


def _guest_entries(published: Published, as_of: date) -> Iterator[Entry]:
    """Guides of other platforms have few names; what has to be brought and who may come tell what they are about as
    well."""
    for guide in published.guides.values():
        if guide.origin is not None:
            yield from _guide_entries(guide)
            for text in ("、".join(material.name for material in guide.materials), "；".join(guide.conditions)):
                if text:
                    yield Entry(Target(Kind.GUIDE, guide.code), f"{guide.name}：{text}"[:GUEST_CHARACTERS])
    for entry in published.faq.values():
        if entry.origin is not None and entry.answers_on(as_of):
            yield from (Entry(Target(Kind.FAQ, entry.id), text) for text in entry.questions)


def _guide_entries(guide: Guide) -> Iterator[Entry]:
    target = Target(Kind.GUIDE, guide.code)
    yield from (Entry(target, name) for name in guide.names)

"""Generates the plain Rasa bot's project from what is published: one retrieval intent for every item and topic, and for
every FAQ entry, facility, scenario and matter of another authority."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from evaluation.peers.phrases import phrases as all_phrases
from knowledge.answer import Writer
from knowledge.base import Published
from knowledge.model import Disclosure, Guide
from knowledge.target import Kind, Target

FOLDER = Path(__file__).parent
WHOLE_GUIDE = "guide"
TOPICS = (WHOLE_GUIDE, *(disclosure.value for disclosure in Disclosure))


class Smalltalk(BaseModel):
    """One intent that is not a question: its training utterances and its one answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: str
    examples: tuple[str, ...]


class Phrasings(BaseModel):
    """phrasings.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: dict[str, tuple[str, ...]]
    smalltalk: dict[str, Smalltalk]
    asking_words: tuple[str, ...]
    not_understood: str

    @model_validator(mode="after")
    def _complete(self) -> Phrasings:
        if set(self.topics) != set(TOPICS):
            raise ValueError(f"topics must be exactly {', '.join(TOPICS)}")
        if any("{item}" not in phrasing for phrasings in self.topics.values() for phrasing in phrasings):
            raise ValueError("every phrasing must hold {item}")
        return self


def load_phrasings(path: Path = FOLDER / "phrasings.yaml") -> Phrasings:
    """The phrasings; raises ValueError (pydantic's) when the file is not as described in it."""
    return Phrasings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def response_key(code: str, topic: str) -> str:
    """`GA-003_materials`: the retrieval intent's part behind `faq/`."""
    return f"{code}_{topic}"


def target_key(target: Target) -> str:
    """`facility_parking`: the same for what is no guide. Item codes begin with a capital, kinds do not."""
    return f"{target.kind.value}_{target.id}"


def other_phrases(published: Published, today: date) -> dict[Target, list[str]]:
    """The phrases of everything but guides that answers today."""
    phrases: dict[Target, list[str]] = {}
    for entry in all_phrases(published, today):
        if entry.target.kind is not Kind.GUIDE:
            phrases.setdefault(entry.target, []).append(" ".join(entry.text.split()))
    return phrases


def plain_names(guide: Guide, phrasings: Phrasings) -> tuple[str, ...]:
    """The item's names that are not questions themselves; never empty, the official name is always one of them."""
    others = dict.fromkeys(name for name in guide.names[1:] if name != guide.name)
    asking = phrasings.asking_words
    return (guide.name, *(name for name in others if not any(word in name for word in asking)))


def utterances(names: tuple[str, ...], phrasings: tuple[str, ...], shift: int) -> list[str]:
    """One utterance a phrasing, each with another of the item's names, beginning `shift` names further on."""
    return [phrasing.format(item=names[(shift + k) % len(names)]) for k, phrasing in enumerate(phrasings)]


def project_files(published: Published, phrasings: Phrasings, today: date) -> dict[str, str]:
    """Path inside the project → content. Holds everything that training depends on, besides Rasa's version."""
    config = (FOLDER / "config.yml").read_text(encoding="utf-8")
    others = other_phrases(published, today)
    nlu = [*_guide_nlu(published.guides, phrasings), *_other_nlu(others, phrasings)]
    return {
        "config.yml": config,
        "domain.yml": _yaml(_domain(published, phrasings, others)),
        "data/nlu.yml": _yaml({"version": "3.1", "nlu": nlu}),
        "data/rules.yml": _yaml({"version": "3.1", "rules": list(_rules(phrasings))}),
        "credentials.yml": "rest:\n",
        "endpoints.yml": "{}\n",
    }


def _guide_nlu(guides: Mapping[str, Guide], phrasings: Phrasings) -> Iterator[dict[str, str]]:
    for code, guide in guides.items():
        names = plain_names(guide, phrasings)
        for number, topic in enumerate(TOPICS):
            wording = phrasings.topics[topic]
            lines = utterances(names, wording, shift=number * len(wording))
            yield {"intent": f"faq/{response_key(code, topic)}", "examples": _listed(lines)}


def _other_nlu(others: Mapping[Target, list[str]], phrasings: Phrasings) -> Iterator[dict[str, str]]:
    for target, phrases in others.items():
        yield {"intent": f"faq/{target_key(target)}", "examples": _listed(phrases)}
    for intent, smalltalk in phrasings.smalltalk.items():
        yield {"intent": intent, "examples": _listed(smalltalk.examples)}


def _domain(published: Published, phrasings: Phrasings, others: Mapping[Target, list[str]]) -> dict[str, Any]:
    responses = {
        f"utter_faq/{response_key(code, topic)}": [{"text": _answer(published, guide, topic)}]
        for code, guide in published.guides.items()
        for topic in TOPICS
    }
    responses |= {f"utter_faq/{target_key(target)}": [{"text": _told(published, target)}] for target in others}
    responses |= {f"utter_{intent}": [{"text": s.answer}] for intent, s in phrasings.smalltalk.items()}
    return {
        "version": "3.1",
        "intents": ["faq", *phrasings.smalltalk],
        "responses": {**responses, "utter_default": [{"text": phrasings.not_understood}]},
    }


def _answer(published: Published, guide: Guide, topic: str) -> str:
    """The very text that our assistant shows, field by field under its label."""
    asked = () if topic == WHOLE_GUIDE else (Disclosure(topic),)
    answer = Writer(published.hall, published.labels, published.guides).answer(guide, asked)
    return "\n".join([answer.title, *(f"{field.label}\n{field.text}" for field in answer.fields)])


def _told(published: Published, target: Target) -> str:
    """A fixed text, as such a bot has; what ours computes, like today's hours, only gets its name."""
    match target.kind:
        case Kind.FAQ:
            return published.faq[target.id].answer
        case Kind.FACILITY:
            facility = published.facilities[target.id]
            return facility.text or facility.name
        case Kind.TOPIC:
            topic = published.topics[target.id]
            return f"{topic.authority}\n{topic.path}"
        case _:
            return published.scenarios[target.id].name


def _rules(phrasings: Phrasings) -> Iterator[dict[str, Any]]:
    for intent, action in (
        ("faq", "utter_faq"),
        ("nlu_fallback", "utter_default"),
        *((intent, f"utter_{intent}") for intent in phrasings.smalltalk),
    ):
        yield {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}


def _listed(lines: list[str] | tuple[str, ...]) -> str:
    return "".join(f"- {line}\n" for line in dict.fromkeys(lines))


def _yaml(data: Any) -> str:
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000)
    return text

"""What an option sends when it is tapped: a name, a situation, the asked disclosures or branches, in plain Chinese.

Plain text works on every channel (a button, a numbered list, a voice menu) and needs no state.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.handler.turn import Choice
from knowledge import scenarios, situations
from knowledge.base import KnowledgeBase
from knowledge.labels import Labels
from knowledge.model import Disclosure
from knowledge.target import Kind, Target
from knowledge.text.tokens import normalise

_COLON, _COMMA = "：", "、"


@dataclass(frozen=True)
class Tapped:
    """An option that was sent back."""

    target: Target
    disclosures: tuple[Disclosure, ...] = ()
    situation: str | None = None
    branches: tuple[str, ...] = ()


def write(choice: Choice, base: KnowledgeBase) -> str:
    """For example "居民身份证遗失补领（未成年人）：申报材料、收费标准"; the bare name asks for the whole guide."""
    assert choice.target is not None
    name = base.title(choice.target)
    if choice.situation:
        name += f"（{choice.situation}）"
    details = [*(base.labels.disclosures[d] for d in choice.disclosures), *choice.branches]
    return name + _COLON + _COMMA.join(details) if details else name


def read(text: str, base: KnowledgeBase) -> Tapped | None:
    """What a text that `write` made asks for; None for any other text."""
    whole = base.titles.get(text)
    if whole:
        return Tapped(whole)
    # The message was normalised on its way, which makes full-width colons and brackets plain ones. A name may hold
    # a colon itself.
    colons = [at for at, sign in enumerate(text) if sign == normalise(_COLON)]
    found = (_tapped(text[:at], text[at + 1 :], base) for at in colons)
    return _tapped(text, None, base) or next(filter(None, found), None)


def _tapped(name: str, details: str | None, base: KnowledgeBase) -> Tapped | None:
    """An option of that name, with what follows the colon, if there is one."""
    target, situation = _named(name, base)
    if target is None or details is None:
        return Tapped(target, situation=situation) if target else None
    if target.kind is Kind.SCENARIO:
        taken = scenarios.titles_in(base.published.scenarios[target.id], details, _COMMA)
        return Tapped(target, branches=taken or ())
    asked = _disclosures(details.split(_COMMA), base.labels)
    return Tapped(target, asked, situation) if asked is not None else None


def _named(name: str, base: KnowledgeBase) -> tuple[Target | None, str | None]:
    """The target of that title, with the id of the situation that follows it in brackets."""
    if name in base.titles:
        return base.titles[name], None
    for at, sign in enumerate(name):
        target = base.titles.get(name[:at]) if sign == "(" and name.endswith(")") else None
        if target and target.kind is Kind.GUIDE:
            situation = situations.named(base.guides[target.id], name[at + 1 : -1])
            if situation:
                return target, situation.id
    return None, None


def _disclosures(labels: list[str], known: Labels) -> tuple[Disclosure, ...] | None:
    """The disclosures of these labels; None when one of them is none."""
    by_label = {label: disclosure for disclosure, label in known.disclosures.items()}
    if any(label not in by_label for label in labels):
        return None
    return tuple(by_label[label] for label in labels)

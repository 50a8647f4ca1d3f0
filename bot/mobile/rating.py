"""`/m/rating`: five grades, what was wrong, and words (S19). Open to everybody; anonymous unless he wants."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import HTMLResponse

from bot.deeds import fields
from bot.deeds.form import Context, FieldError
from bot.desk import Desk
from bot.errors import Refused
from bot.mobile.forms import FIELD, Sent, SentForm, deed_of, form_token, one
from bot.mobile.guides import current_guide
from bot.mobile.page import page
from bot.mobile.session import MaybeVisitor, Visitor
from bot.parameters import ThisDesk
from bot.ratings import service
from bot.ratings.form import MOST_WORDS
from bot.ratings.model import BAD, Grade, NewRating
from bot.ratings.rules import rating_rules
from bot.ratings.service import Taken
from bot.requests.request import office_of
from connectors.contract import Channel
from knowledge.clock import spoken

log = logging.getLogger(__name__)
ABOUT = "rating"


@dataclass(frozen=True)
class Rated:
    """What is rated: a window, an item, or (neither) the hall's service."""

    title: str
    window: str | None = None
    item: str | None = None
    department: str | None = None


def ask_rating(desk: ThisDesk, who: MaybeVisitor, code: str = "") -> HTMLResponse:
    """`code`: of an item or a window. Raises Refused (404) for one that the hall has not."""
    return _form(desk, who, code, {})


def rate(desk: ThisDesk, who: MaybeVisitor, sent: SentForm, code: str = "") -> HTMLResponse:
    """Takes the rating, once a form; what cannot be taken is asked again, with all that was written."""
    now, rated = datetime.now(UTC), _rated(desk, code)
    deed_id = deed_of(desk.vault, sent, who, ABOUT, now)
    try:
        new = _new(desk, rated, who, sent, deed_id)
    except FieldError as error:
        return _form(desk, who, code, sent, desk.wording.say(error.wording, **error.values))
    rules = rating_rules(desk.rules)
    with office_of(desk, rules.by_telephone) as office:
        taken = service.rate(office, rules, new, now)
    log.info("rating_taken id=%s channel=%s", taken.row.id, new.channel)
    return page(desk, "thanks", text=_thanks(desk, new, taken), good=new.grade not in BAD)


def _form(desk: Desk, who: Visitor | None, code: str, sent: Sent, problem: str = "") -> HTMLResponse:
    rules = rating_rules(desk.rules)
    token = form_token(desk.vault, who, ABOUT, datetime.now(UTC))
    told: Mapping[str, Any] = {
        **{name: one(sent, name) for name in ("grade", "words", "name", "telephone")},
        "kinds": sent.get("kind", []),
    }
    return page(
        desk, "rating", 422 if problem else 200, rated=_rated(desk, code), code=code, grades=rules.grades,
        kinds=rules.all_kinds, most=MOST_WORDS, field=FIELD, token=token, told=told, problem=problem,
    )  # fmt: skip


def _rated(desk: Desk, code: str) -> Rated:
    if not code:
        return Rated(desk.hall.name)
    windows = {window.id: (zone, window) for zone in desk.hall.zones for window in zone.windows}
    if code in windows:
        zone, window = windows[code]
        department = window.departments[0] if len(window.departments) == 1 else None
        return Rated(f"{zone.floor}楼{zone.id}区{code}号{window.name}", window=code, department=department)
    guide = current_guide(desk.library.current, code)
    if guide is None:
        raise Refused("mobile.nothing_to_rate", 404, "not-found")
    return Rated(guide.name, item=code, department=guide.department)


def _new(desk: Desk, rated: Rated, who: Visitor | None, sent: Sent, deed_id: str) -> NewRating:
    """Raises FieldError with the dialogue's own sentence."""
    if one(sent, "grade") not in {grade.value for grade in Grade}:
        raise FieldError("rating.bad_grade")
    grade, words = Grade(one(sent, "grade")), one(sent, "words")
    if len(words) > MOST_WORDS:
        raise FieldError("rating.bad_words")
    channel = who.channel if who else Channel.WEB
    name, telephone = _contact(Context(desk, deed_id, channel.value, "", datetime.now(UTC)), sent)
    return NewRating(
        deed_id=deed_id,
        channel=channel.value,
        sender_key=who.sender_key if who else None,
        grade=grade,
        kinds=_kinds(desk, sent) if grade in BAD else (),
        words=words,
        window=rated.window,
        department=rated.department,
        item=rated.item,
        name=name,
        telephone=telephone,
    )


def _kinds(desk: Desk, sent: Sent) -> tuple[str, ...]:
    known = {kind.id for kind in rating_rules(desk.rules).all_kinds}
    if not set(sent.get("kind", [])) <= known:
        raise FieldError("rating.bad_kinds")
    return tuple(dict.fromkeys(sent.get("kind", [])))


def _contact(context: Context, sent: Sent) -> tuple[str, str]:
    """Both or neither."""
    name, telephone = one(sent, "name"), one(sent, "telephone")
    if not name and not telephone:
        return "", ""
    if not (name and telephone):
        raise FieldError("rating.half_a_name")
    return fields.name(name, context), fields.telephone(telephone, context)


def _thanks(desk: Desk, new: NewRating, taken: Taken) -> str:
    say = desk.wording.say
    if taken.follow_up_by is None:
        return say("rating.thanks", grade=rating_rules(desk.rules).grades[new.grade].label)
    told = {"number": taken.row.number, "time": spoken(taken.follow_up_by)}
    return say("rating.done_named", **told) if new.telephone else say("rating.done_anonymous", **told)

"""Rows of department GA, made by the services as citizens and staff would; every one is new, so that cells do not
depend on each other."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import select, update

from bot.appointments import hall as appointments_hall
from bot.appointments import service as appointments
from bot.appointments.model import AppointmentRow, Contact, SlotRow, State, Wanted
from bot.appointments.office import office_of as appointment_office
from bot.appointments.slots import timetable
from bot.assistance import service as assistance
from bot.assistance.model import AssistanceRow, NewAssistance
from bot.assistance.rules import assistance_rules
from bot.cases import handling
from bot.cases import service as cases
from bot.cases.handling import Assignment, Deed
from bot.cases.model import CaseRow, NewCase
from bot.cases.office import office_of as case_office
from bot.cases.rules import CaseKind, Grading
from bot.consultations import desk_work
from bot.consultations import service as consultations
from bot.consultations.desk_work import Ledger
from bot.consultations.model import Answer, ConsultationRow, NewConsultation
from bot.consultations.rules import consultation_rules
from bot.emergencies import service as emergencies
from bot.emergencies.model import Emergency, EmergencyKind, EmergencyRow, Report, Strength
from bot.emergencies.rules import emergency_rules
from bot.emergencies.service import Watch
from bot.extended_hours import service as extended_hours
from bot.extended_hours.model import ExtendedHoursRow, NewExtendedHours
from bot.extended_hours.rules import extended_hours_rules
from bot.handoff import service as handoff
from bot.handoff import threads
from bot.handoff.model import ThreadRow, Wish
from bot.notices import downloads
from bot.notices import service as notices
from bot.notices.model import Details, NewNotice, NoticeKind, NoticeRow
from bot.notices.rules import notice_rules
from bot.outbox.alarms import raise_alarm
from bot.outbox.model import AlarmRow, OutboxRow, OutboxState
from bot.outbox.service import Outgoing, enqueue
from bot.progress import service as progress
from bot.progress.model import Applicant, Progress
from bot.ratings import follow_up
from bot.ratings import service as ratings
from bot.ratings.model import Grade, NewRating, RatingRow
from bot.ratings.rules import rating_rules
from bot.requests.request import Office, Told, office_of
from knowledge.calendar import CHINA
from tests.unit.bot.authorisation.house import House

LONG_AGO = datetime(2026, 3, 2, 10, 0, tzinfo=CHINA)
"""A Monday morning: lists that begin with what is due first begin with what came in then."""
COMPLAINT = NewCase(
    "", CaseKind.COMPLAINT, "wechat", "", "窗口收了材料一个月没有消息", complaint_kind="delay", department="GA",
    window="A01", wish="尽快办", name="王女士", telephone="+8613800001111",
)  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


class Rows:
    """Makes rows of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.desk = house, house.desk
        self._numbers, self._slots = count(1), count()
        self._printed: NoticeRow | None = None

    def telephone(self) -> str:
        """One that nobody else has."""
        return f"+861380000{next(self._numbers):04d}"

    @contextmanager
    def _office(self) -> Iterator[Office]:
        with office_of(self.desk, ()) as office:
            yield office

    # Cases

    def case(
        self, state: str = "assigned", new: NewCase = COMPLAINT, at: datetime | None = None, **to: str | None
    ) -> CaseRow:
        """`received` stays with supervision; `assigned` is GA's and, unless told, the own clerk's; then `settled` and
        `followed_up`."""
        at, office = at or now(), case_office(self.desk)
        sender = new.sender_key or secrets.token_hex(32)
        wanted = {"department": "GA", "staff_id": self.house.staff["own_clerk"].id, **to}
        with self.house.database.transaction() as session:
            row = cases.open_case(session, office, replace(new, deed_id=uuid.uuid4().hex, sender_key=sender), at)
            deed = Deed(session, office, row, self.house.staff["supervisor"], at)
            if state != "received":
                handling.assign(deed, Assignment(grading=Grading(row.grading), **wanted))  # type: ignore[arg-type]
            if state in {"settled", "followed_up"}:
                handling.settle(deed, f"已经办好，{new.name}{new.telephone}也知道了")
            if state == "followed_up":
                handling.follow_up(deed, f"{new.name}满意")
        return row

    # Consultations

    def consultation(
        self, owner: str | None = "GA", answered: bool = False, at: datetime | None = None
    ) -> ConsultationRow:
        at, base = at or now(), self.desk.library.current
        new = NewConsultation(
            uuid.uuid4().hex, "web", secrets.token_hex(32), "能代办吗", "王女士", self.telephone(), owner
        )
        with self.house.database.transaction() as session:
            row = consultations.open_consultation(session, self.desk.vault, self.desk.wording, base.calendar, new, at)
            if answered:
                rules = consultation_rules(self.desk.rules)
                ledger = Ledger(session, self.desk.vault, self.desk.wording, rules, base.hall)
                desk_work.answer(ledger, self.house.staff["own_clerk"], row.id, Answer("可以代办。", ("示范办法",)), at)
        return row

    # Appointments

    def slot(self) -> str:
        """One of the coming days, with places enough, and so far off that all can be done with it."""
        office, at = appointment_office(self.desk), now()
        group = office.group_of("GA-003")
        first = (at + timedelta(days=2)).astimezone(CHINA).date()
        days = [first + timedelta(days=number) for number in range(11)]
        ids = [slot.id for day in days for slot in timetable(office, group, day)]
        id_ = ids[next(self._slots) % len(ids)]
        with self.house.database.transaction() as session:
            appointments_hall.set_capacity(session, office, id_, 100, at)
        return id_

    def appointment(self, state: State = State.BOOKED, telephone: str = "") -> AppointmentRow:
        """`checked_in` and, to be checked in, `held` begin just now."""
        office, at = appointment_office(self.desk), now()
        wanted = Wanted(uuid.uuid4().hex, "GA-003", self.slot(), "web", secrets.token_hex(32))
        with self.house.database.transaction() as session:
            row = appointments.book(session, office, wanted, Contact("王女士", telephone or self.telephone()), at)
            if state is State.BOOKED:
                return row
            soon = {"starts_at": at, "ends_at": at + timedelta(minutes=30)}
            begun = SlotRow(
                id=f"identity.{uuid.uuid4().hex[:16]}", window_group=row.window_group, capacity=1, taken=1, **soon
            )
            session.add(begun)
            session.flush()
            session.execute(update(AppointmentRow).where(AppointmentRow.id == row.id).values(slot_id=begun.id))
            session.expire_all()
            if state is State.CHECKED_IN:
                appointments_hall.check_in(session, office, row.number, at)
            return session.get_one(AppointmentRow, row.id, populate_existing=True)

    # Ratings, extended hours, help and agency

    def rating(self, window: str = "A01", contacted: bool = False) -> RatingRow:
        new = NewRating(
            uuid.uuid4().hex, "wechat", secrets.token_hex(32), Grade.DISSATISFIED, ("efficiency",), "等了很久", window,
            "GA", name="王小美", telephone=self.telephone(),
        )  # fmt: skip
        with self._office() as office:
            row = ratings.rate(office, rating_rules(self.desk.rules), new, now()).row
            if contacted:
                follow_up.contacted(office, row.id, now())
        return row

    def _told(self) -> Told:
        return Told(
            uuid.uuid4().hex, "wechat", secrets.token_hex(32), "王女士", self.telephone(), "补身份证", "GA-003", "GA"
        )

    def extended_hours(self, at: datetime | None = None) -> ExtendedHoursRow:
        new = NewExtendedHours(self._told(), "要上班", "明天晚上", now() + timedelta(days=1))
        with self._office() as office:
            return extended_hours.request(office, extended_hours_rules(self.desk.rules), new, at or now())

    def assistance(self, assigned: bool = False, at: datetime | None = None) -> AssistanceRow:
        new = NewAssistance(self._told(), "home_visit", "elderly", "人民路3号", "尽快")
        with self._office() as office:
            row = assistance.request(office, assistance_rules(self.desk.rules), new, at or now())
            return assistance.assign(office, row.id, "GA", None, now()) if assigned else row

    # What comes from the hall and its messages

    def emergency(self) -> EmergencyRow:
        desk, found = self.desk, Emergency(EmergencyKind.ILLNESS, Strength.STRONG, "二楼")
        watch = Watch(desk.database, desk.vault, desk.wording, emergency_rules(desk.rules))
        with self.house.database.transaction() as session:
            report = Report("kiosk", secrets.token_hex(32), "有人晕倒了", found)
            return emergencies.raise_emergency(session, watch, report, now())

    def thread(self, channel: str = "web", taken_by: str | None = None, department: str | None = "GA") -> ThreadRow:
        """In the hall's opening hours, long ago: nothing is opened outside them."""
        desk = self.desk
        wish = Wish(secrets.token_hex(32), channel, "转人工", department=department)
        tools = (desk.vault, desk.wording)
        with self.house.database.transaction() as session:
            opened = threads.request(session, *tools, desk.library.current.calendar, wish=wish, now=LONG_AGO)
            if taken_by is not None:
                handoff.take(session, *tools, opened.thread_id or "", staff=self.house.staff[taken_by], now=LONG_AGO)
            return session.get_one(ThreadRow, opened.thread_id, populate_existing=True)

    def notice(self) -> NoticeRow:
        """One that GA issued; the same for all, since printing takes a while and reading changes nothing."""
        if self._printed is None:
            details = Details(applied_on=date(2026, 3, 2), reasons=("不属于职权范围。",), legal_basis="《某法》第一条")
            new = NewNotice(NoticeKind.REFUSAL, "GA-003", "王女士", "https://hall.example", details=details)
            rules, base = notice_rules(self.desk.rules), self.desk.library.current
            with self.house.database.transaction() as session:
                self._printed = notices.issue(session, self.desk.vault, base, rules, new, now())
        return self._printed

    def download(self) -> str:
        """The token of a new download address."""
        with self.house.database.transaction() as session:
            return downloads.new_token(session, notice_rules(self.desk.rules), self.notice().id, now())

    def application(self) -> str:
        """Its number."""
        number = f"SL20260302{uuid.uuid4().hex[:8].upper()}"
        told = Progress.model_validate(
            {
                "number": number,
                "item": "GA-003",
                "item_name": "居民身份证遗失补领",
                "department": "GA",
                "state": "examining",
            }
        )
        with self.house.database.transaction() as session:
            progress.keep(session, self.desk.vault, told, Applicant("", self.telephone()), now())
        return number

    def outbox(self) -> OutboxRow:
        """A message that was given up."""
        key = f"case:{uuid.uuid4().hex}"
        with self.house.database.transaction() as session:
            enqueue(session, self.desk.vault, Outgoing(key, "您好，王女士", telephone=self.telephone()), now())
            session.execute(update(OutboxRow).where(OutboxRow.key == key).values(state=OutboxState.DEAD.value))
            return session.scalars(select(OutboxRow).where(OutboxRow.key == key)).one()

    def alarm(self) -> AlarmRow:
        key = f"alarm:{uuid.uuid4().hex}"
        with self.house.database.transaction() as session:
            raise_alarm(session, self.desk.vault, key, "GA", "case_new", "有一件新的投诉", now())
            return session.scalars(select(AlarmRow).where(AlarmRow.key == key)).one()

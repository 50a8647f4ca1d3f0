"""What staff do: hand on, answer, close, propose; the database decides who was first (S13, S04)."""

from datetime import date, timedelta

import pytest

from bot.consultations import desk_work, faq, overview, service
from bot.consultations.faq import Proposal
from bot.consultations.model import Answer, ConsultationState
from bot.consultations.overview import Wanted
from bot.db.database import Database
from bot.errors import Refused
from bot.publishing import repository
from bot.publishing.importing import published_faq
from bot.publishing.model import PublicationKind
from bot.staff.model import Role, Staff
from knowledge.model.faq import ReviewState
from tests.unit.bot.consultations.helpers import (
    CLERK,
    FRIDAY,
    NEW,
    OTHER,
    SUPERVISOR,
    VAULT,
    add_staff,
    alarms,
    ledger,
    opened,
    row_of,
    sent,
)  # fmt: skip

LATER = FRIDAY + timedelta(hours=3)
GIVEN = Answer("可以代办，请带上委托书。", ("居民身份证法",))


@pytest.fixture
def id_(database: Database) -> str:
    add_staff(database)
    return opened(database).id


def answer(database: Database, id_: str, staff: Staff = CLERK, given: Answer = GIVEN) -> None:
    with database.transaction() as session:
        desk_work.answer(ledger(session), staff, id_, given, LATER)


def refusal(database: Database, act: object) -> str:
    """The wording with which a deed is refused; nothing of it is kept."""
    with pytest.raises(Refused) as caught, database.transaction() as session:
        act(ledger(session))  # type: ignore[operator]
    return caught.value.wording


def test_a_consultation_is_handed_to_another_department_which_is_told(database: Database, id_: str) -> None:
    with database.transaction() as session:
        row = desk_work.assign(ledger(session), id_, "SC", OTHER.id, LATER)
        assert (row.state, row.owner, row.assigned_to) == ("assigned", "SC", OTHER.id)
    assert alarms(database) == [("GA", "new"), ("SC", "new")]
    with database.transaction() as session:
        desk_work.assign(ledger(session), id_, "GA", None, LATER)
    assert row_of(database, id_).assigned_to is None


def test_only_departments_of_the_hall_and_their_own_clerks_get_one(database: Database, id_: str) -> None:
    cases = {("XX", None): "department", ("SC", CLERK.id): "clerk", ("GA", "f" * 32): "clerk"}
    for (owner, who), what in cases.items():
        wording = refusal(database, lambda at, o=owner, w=who: desk_work.assign(at, id_, o, w, LATER))
        assert wording == f"consultation.unknown_{what}"
    assert row_of(database, id_).state == "open"


def test_an_answer_goes_to_the_channel_on_which_was_asked(database: Database, id_: str) -> None:
    answer(database, id_)
    row = row_of(database, id_)
    assert (row.state, row.answered_by, row.answered_at) == ("answered", CLERK.id, LATER)
    ((recipient, text),) = sent(database).values()
    assert recipient == "sender"
    for part in (row.number, GIVEN.text, "居民身份证法", "0000-12345678"):
        assert part in text


def test_an_answer_to_a_kiosk_goes_to_the_telephone_too(database: Database) -> None:
    add_staff(database)
    answer(database, opened(database, channel="kiosk").id)
    assert {key: recipient for key, (recipient, _) in sent(database).items()} == {
        "answer": "sender", "answer-telephone": "telephone",
    }  # fmt: skip


def test_the_same_answer_twice_is_one(database: Database, id_: str) -> None:
    answer(database, id_)
    answer(database, id_)
    assert len(sent(database)) == 1


def test_the_second_to_answer_is_told_so(database: Database, id_: str) -> None:
    answer(database, id_)
    for staff, given in ((SUPERVISOR, GIVEN), (CLERK, Answer("不可以。"))):
        wording = refusal(database, lambda at, s=staff, g=given: desk_work.answer(at, s, id_, g, LATER))
        assert wording == "consultation.already_answered"
    assert refusal(database, lambda at: desk_work.assign(at, id_, "SC", None, LATER)) == "consultation.already_answered"
    assert VAULT.open(row_of(database, id_).answer or "") == GIVEN.text


def test_who_has_no_answer_is_told_why_it_ends(database: Database, id_: str) -> None:
    with database.transaction() as session:
        desk_work.close(ledger(session), id_, "您已经在窗口办好了。", LATER)
    ((_, text),) = sent(database).values()
    assert "您已经在窗口办好了。" in text and row_of(database, id_).ended_at == LATER
    for act in (
        lambda at: desk_work.close(at, id_, "再次。", LATER),
        lambda at: desk_work.answer(at, CLERK, id_, GIVEN, LATER),
        lambda at: desk_work.assign(at, id_, "SC", None, LATER),
    ):
        assert refusal(database, act) == "consultation.ended"


def test_who_has_an_answer_hears_nothing_of_the_end(database: Database, id_: str) -> None:
    answer(database, id_)
    with database.transaction() as session:
        desk_work.close(ledger(session), id_, "已经电话告知。", LATER)
    assert list(sent(database)) == ["answer"] and row_of(database, id_).state == "closed"


def test_what_does_not_exist_is_not_found(database: Database) -> None:
    for act in (
        lambda at: desk_work.assign(at, "0" * 32, "GA", None, LATER),
        lambda at: desk_work.answer(at, CLERK, "0" * 32, GIVEN, LATER),
        lambda at: desk_work.close(at, "0" * 32, "没有。", LATER),
        lambda at: faq.propose(at, CLERK, "0" * 32, PROPOSAL, LATER),
    ):
        assert refusal(database, act) == "consultation.not_found"


def test_after_its_time_there_is_nobody_to_send_to(database: Database, id_: str) -> None:
    with database.transaction() as session:
        row = service.found(session, id_)
        row.sender_key = row.telephone = row.telephone_lookup = row.name = row.question = None
    answer(database, id_)
    assert sent(database) == {}
    with database.transaction() as session, pytest.raises(Refused):
        overview.contact(VAULT, service.found(session, id_))


PROPOSAL = Proposal(("身份证可以代办吗", "能不能让家人代领"), "可以，请带委托书，详询0000-10000001。")


def propose(database: Database, id_: str, proposal: Proposal = PROPOSAL) -> str:
    with database.transaction() as session:
        return faq.propose(ledger(session), CLERK, id_, proposal, LATER)


def test_an_answered_consultation_becomes_a_draft_that_answers_nobody(database: Database, id_: str) -> None:
    answer(database, id_)
    faq_id = propose(database, id_)
    assert faq_id == f"FAQ-{row_of(database, id_).number}" == row_of(database, id_).faq_id
    with database.transaction() as session:
        entry = published_faq(session)[faq_id]
    assert (entry.questions, entry.answer, entry.owner) == (PROPOSAL.questions, PROPOSAL.answer, "GA")
    assert (entry.items, [s.title for s in entry.sources]) == (("GA-003",), ["居民身份证法"])
    assert entry.review is ReviewState.DRAFT and not entry.answers_on(date(2026, 11, 20))


def test_a_second_proposal_changes_nothing(database: Database, id_: str) -> None:
    answer(database, id_)
    first = propose(database, id_)
    assert propose(database, id_, Proposal(("别的问题",), "别的答案。")) == first
    with database.transaction() as session:
        assert published_faq(session)[first].answer == PROPOSAL.answer
        assert {h.changed_by for h in repository.history(session, PublicationKind.FAQ, first)} == {"clerk"}


def test_only_what_is_answered_is_proposed(database: Database, id_: str) -> None:
    assert refusal(database, lambda at: faq.propose(at, CLERK, id_, PROPOSAL, LATER)) == "consultation.not_answered"


def test_an_entry_has_an_owner(database: Database) -> None:
    add_staff(database)
    nobodys = opened(database, owner=None, item=None).id
    answer(database, nobodys)
    for owner in (None, "XX"):
        proposal = Proposal(PROPOSAL.questions, "可以。", owner=owner)
        wording = refusal(database, lambda at, p=proposal: faq.propose(at, CLERK, nobodys, p, LATER))
        assert wording == "consultation.unknown_department"
    assert propose(database, nobodys, Proposal(PROPOSAL.questions, "可以。", owner="SC"))


@pytest.mark.parametrize(
    "proposal",
    [
        Proposal(("能不能打13800001111问",), "可以。"),
        Proposal(("能代办吗",), "请联系王小明办理。"),
        Proposal(("能代办吗",), "请打138-0000-2222。"),
        Proposal(("能代办吗",), "证号110101199003070000可以。"),
        Proposal(("能代办吗",), "可以。", ("王小明的来信",)),
    ],
)
def test_nothing_personal_slips_into_an_entry(database: Database, id_: str, proposal: Proposal) -> None:
    answer(database, id_)
    assert refusal(database, lambda at: faq.propose(at, CLERK, id_, proposal, LATER)) == "consultation.personal"
    assert row_of(database, id_).faq_id is None


def test_an_entry_without_words_is_refused(database: Database, id_: str) -> None:
    answer(database, id_)
    empty = Proposal(("  ",), "可以。")
    assert refusal(database, lambda at: faq.propose(at, CLERK, id_, empty, LATER)) == "consultation.bad_proposal"


def listed(database: Database, staff: Staff, page: int = 1, limit: int = 50, **wanted: object) -> list[str]:
    with database.transaction() as session:
        rows, _ = overview.consultations(
            session,
            VAULT,
            staff,
            Wanted(**wanted),
            LATER + timedelta(days=9),
            page=page,
            limit=limit,  # type: ignore[arg-type]
        )
    return [row.number for row in rows]


def test_lists_show_what_one_may_see_the_soonest_promise_first(database: Database, id_: str) -> None:
    mine = row_of(database, id_).number
    nobodys = opened(database, FRIDAY + timedelta(days=3), deed_id="d2", owner=None, channel="kiosk").number
    other = opened(database, FRIDAY + timedelta(days=4), deed_id="d3", owner="SC").number
    assert listed(database, SUPERVISOR) == [mine, nobodys, other]
    assert listed(database, CLERK) == [mine] and listed(database, OTHER) == [other]
    assert listed(database, CLERK, owner="SC") == []
    assert listed(database, SUPERVISOR, channel="kiosk") == [nobodys]
    assert listed(database, SUPERVISOR, page=2, limit=2) == [other]
    answer(database, id_)
    assert listed(database, SUPERVISOR, state=ConsultationState.ANSWERED) == [mine]
    assert listed(database, SUPERVISOR, overdue=True) == [nobodys, other], "what is answered is not overdue"
    with database.transaction() as session:
        desk_work.assign(ledger(session), opened(database, deed_id="d3").id, "SC", OTHER.id, LATER)
    assert listed(database, OTHER, mine=True) == [other] and listed(database, CLERK, mine=True) == []


def test_a_reviewer_without_department_sees_none(database: Database, id_: str) -> None:
    assert listed(database, Staff("d" * 32, "r", "孙女士", Role.REVIEWER, None, None)) == []


def test_lists_are_masked(database: Database) -> None:
    long = "我的手机13800001111打不通，" + "请问身份证能不能让家人帮我代领" * 3
    opened(database, question=long, new=NEW)
    with database.transaction() as session:
        ((row,), total) = overview.consultations(session, VAULT, SUPERVISOR, Wanted(), LATER, page=1, limit=9)
    assert (row.name, row.telephone, total) == ("王**", "138****1111", 1)
    assert "138****1111" in row.gist and "13800001111" not in row.gist and len(row.gist) == 31

"""How cases and consultations are asked."""

from __future__ import annotations

from typing import Any

from bot.cases.model import CaseRow
from bot.consultations.model import ConsultationRow
from tests.unit.bot.authorisation.asking.model import ASK, Ask, Asked, asking
from tests.unit.bot.authorisation.house import House
from tests.unit.bot.authorisation.rows import LONG_AGO, Rows

# Cases


def case_deeds(house: House) -> dict[str, tuple[str, Any]]:
    """From which state each deed of staff begins, and its body."""
    to = {"grading": "complex", "department": "GA", "staff_id": house.staff["own_clerk"].id}
    return {
        "assign": ("assigned", to), "start": ("assigned", None), "settle": ("assigned", {"result": "已经办好"}),
        "refuse": ("assigned", {"reason": "依据某办法", "way": "申请复议"}),
        "transfer": ("assigned", {"authority": "省厅", "contact": "12345"}),
        "follow-up": ("settled", {"note": "满意"}), "close": ("followed_up", None),
        "extend": ("assigned", {"working_days": 2, "reason": "需要调查"}),
        "reopen": ("settled", {"reason": "又反映了"}),
        "reveal": ("assigned", {"reason": "需要回电话"}),
    }  # fmt: skip


def _case_deed(deed: str, state: str = "", **to: str | None) -> Ask:
    def ask(house: House, rows: Rows, _who: str) -> Asked:
        begins, body = case_deeds(house)[deed]
        id_ = rows.case(state or begins, **to).id
        return Asked({"id_": id_}, body, row=(CaseRow, id_))

    return ask


for _deed in ("assign", "start", "settle", "refuse", "transfer", "follow-up", "close", "extend", "reopen", "reveal"):
    ASK[f"POST /api/v1/staff/cases/{{id_}}/{_deed}"] = _case_deed(_deed)
ASK["POST /api/v1/staff/cases/{id_}/assign | with supervision"] = _case_deed("assign", "received")
ASK["POST /api/v1/staff/cases/{id_}/reveal | with supervision"] = _case_deed("reveal", "received")
ASK["POST /api/v1/staff/cases/{id_}/reveal | a colleague's"] = _case_deed("reveal", staff_id=None)


@asking("POST /api/v1/staff/cases/{id_}/assign | elsewhere")
def _assign_elsewhere(_house: House, rows: Rows, _who: str) -> Asked:
    id_ = rows.case().id
    return Asked({"id_": id_}, {"grading": "complex", "department": "SC"}, row=(CaseRow, id_))


@asking("GET /api/v1/staff/cases")
def _cases(_house: House, rows: Rows, _who: str) -> Asked:
    return Asked(query={"limit": 100}, mark=rows.case(at=LONG_AGO).id)


def _read_case(state: str) -> Ask:
    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        id_ = rows.case(state).id
        return Asked({"id_": id_}, row=(CaseRow, id_), mark=id_)

    return ask


ASK["GET /api/v1/staff/cases/{id_}"] = _read_case("assigned")
ASK["GET /api/v1/staff/cases/{id_} | with supervision"] = _read_case("received")


def _own_case(reopen: bool, right: bool) -> Ask:
    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        row = rows.case("settled")
        told = {"telephone": "13800001111" if right else "13800002222"}
        body = told | ({"reason": "没有解决"} if reopen else {"number": row.number})
        return Asked({"number": row.number} if reopen else {}, body, row=(CaseRow, row.id), mark=row.number)

    return ask


for _right in (True, False):
    _variant = "" if _right else " | wrong telephone"
    ASK[f"POST /api/v1/cases/query{_variant}"] = _own_case(False, _right)
    ASK[f"POST /api/v1/cases/{{number}}/reopen{_variant}"] = _own_case(True, _right)


# Consultations


def _consultation(owner: str | None = "GA", answered: bool = False, body: Any = None) -> Ask:
    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        id_ = rows.consultation(owner, answered).id
        return Asked({"id": id_}, body, row=(ConsultationRow, id_), mark=id_ if body is None else "")

    return ask


def _consultations(owner: str | None) -> Ask:
    return lambda _house, rows, _who: Asked(query={"limit": 100}, mark=rows.consultation(owner, at=LONG_AGO).id)


_LEDGER = "/api/v1/staff/consultations"
ASK[f"GET {_LEDGER}"], ASK[f"GET {_LEDGER} | of nobody"] = _consultations("GA"), _consultations(None)
ASK[f"GET {_LEDGER}/{{id}}"], ASK[f"GET {_LEDGER}/{{id}} | of nobody"] = _consultation(), _consultation(None)
ASK[f"POST {_LEDGER}/{{id}}/assign"] = _consultation(body={"owner": "GA"})
ASK[f"POST {_LEDGER}/{{id}}/answer"] = _consultation(body={"text": "可以代办。", "sources": ["示范办法"]})
ASK[f"POST {_LEDGER}/{{id}}/close"] = _consultation(body={"reason": "已经当面答复"})
ASK[f"POST {_LEDGER}/{{id}}/reveal"] = _consultation(body={"reason": "call_back"})
ASK[f"POST {_LEDGER}/{{id}}/propose-faq"] = _consultation(
    answered=True, body={"questions": ["身份证能代办吗"], "answer": "可以代办。", "sources": ["示范办法"]}
)

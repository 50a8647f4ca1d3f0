"""How emergencies, threads, alarms, messages, notices and applications are asked."""

from __future__ import annotations

from typing import Any

from bot.emergencies.model import EmergencyRow
from bot.handoff.model import ThreadRow
from bot.outbox.model import AlarmRow, OutboxRow
from bot.progress.model import ApplicationRow
from tests.unit.bot.authorisation.asking.model import ASK, Ask, Asked, asking, listed, made, simple
from tests.unit.bot.authorisation.house import House
from tests.unit.bot.authorisation.rows import Rows

# Emergencies, threads, alarms, the outbox

_EMERGENCIES = "/api/v1/staff/emergencies"
ASK[f"GET {_EMERGENCIES}"] = listed(Rows.emergency, limit=500)
ASK[f"POST {_EMERGENCIES}/{{id_}}/acknowledge"] = made(EmergencyRow, Rows.emergency)
ASK[f"POST {_EMERGENCIES}/{{id_}}/close"] = made(EmergencyRow, Rows.emergency, {"done": "已经叫了救护车"})


def _thread(channel: str = "web", taken: bool = False, body: Any = None) -> Ask:
    """Waiting, or taken: by the own clerk, or by the supervisor where he asks (one person has a thread)."""

    def ask(_house: House, rows: Rows, who: str) -> Asked:
        by = ("supervisor" if who == "supervisor" else "own_clerk") if taken else None
        id_ = rows.thread(channel, by).id
        return Asked({"id_": id_}, body, row=(ThreadRow, id_), mark=id_ if body is None else "")

    return ask


_THREADS = "/api/v1/staff/threads"
ASK[f"GET {_THREADS}"] = listed(Rows.thread, limit=200)
ASK[f"GET {_THREADS} | sidebar"] = listed(lambda rows: rows.thread("sidebar"), limit=200)
ASK[f"POST {_THREADS}/{{id_}}/take"], ASK[f"POST {_THREADS}/{{id_}}/take | sidebar"] = _thread(), _thread("sidebar")
ASK[f"GET {_THREADS}/{{id_}}/messages | waiting"] = _thread()
ASK[f"POST {_THREADS}/{{id_}}/messages"] = _thread(taken=True, body={"text": "您好"})
for _deed in ("hand-back", "close"):
    ASK[f"POST {_THREADS}/{{id_}}/{_deed}"] = _thread(taken=True)


@asking(f"GET {_THREADS}/{{id_}}/messages")
def _messages(_house: House, rows: Rows, _who: str) -> Asked:
    id_ = rows.thread(taken_by="own_clerk").id
    return Asked({"id_": id_}, row=(ThreadRow, id_), mark=id_)


_ALARMS = "/api/v1/staff/alarms"
ASK[f"GET {_ALARMS}"] = listed(Rows.alarm, limit=500)
ASK[f"GET {_ALARMS}/events"] = listed(Rows.alarm)
ASK[f"POST {_ALARMS}/{{id_}}/acknowledge"] = made(AlarmRow, Rows.alarm)
ASK["GET /api/v1/staff/outbox"] = listed(Rows.outbox, limit=200)
ASK["POST /api/v1/staff/outbox/{id_}/retry"] = made(OutboxRow, Rows.outbox)


# Notices and applications

_NOTICES = "/api/v1/staff/notices"
_REFUSAL = {
    "kind": "refusal", "item": "GA-003", "recipient": "王女士", "applied_on": "2026-03-02",
    "reasons": ["不属于职权范围。"], "legal_basis": "《某法》第一条",
}  # fmt: skip
simple(f"POST {_NOTICES}", body=_REFUSAL)
ASK[f"GET {_NOTICES}"] = listed(Rows.notice, limit=200)
ASK[f"GET {_NOTICES}/{{id_}}/pdf"] = lambda _house, rows, _who: Asked({"id_": rows.notice().id}, mark="%PDF")
ASK[f"POST {_NOTICES}/{{id_}}/send"] = lambda _house, rows, _who: Asked(
    {"id_": rows.notice().id}, {"telephone": "13800001111"}
)
ASK["GET /d/{token}"] = lambda _house, rows, _who: Asked({"token": rows.download()}, mark="%PDF")
ASK["GET /v/{code}"] = lambda _house, rows, _who: Asked({"code": rows.notice().code}, mark=rows.notice().number)


def _application(body: Any) -> Ask:
    def ask(_house: House, rows: Rows, _who: str) -> Asked:
        number = rows.application()
        return Asked({"number": number}, body, row=(ApplicationRow, number), mark=number)

    return ask


ASK["GET /api/v1/staff/applications/{number}"] = _application(None)
ASK["PUT /api/v1/staff/applications/{number}"] = _application({"item": "GA-003", "state": "ready"})

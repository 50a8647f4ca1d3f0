"""Short names of kinds and states on the pages; whole sentences are in bot/wording."""

from __future__ import annotations

from collections.abc import Mapping

from bot.appointments.model import State
from bot.assistance.model import AssistanceState
from bot.consultations.model import ConsultationState
from bot.extended_hours.model import ExtendedHoursState

CONSULTATION = "咨询"
ASSISTANCE = "帮办代办"
EXTENDED_HOURS = "延时服务"
APPLICATION = "办件"
SOURCES = "依据：{sources}"
AT = "{state}（{time}）"
OVER = "已过时间"

APPOINTMENT_STATES: Mapping[str, str] = {
    State.HELD: "正在预约",
    State.BOOKED: "已预约",
    State.CHECKED_IN: "已签到",
    State.SERVED: "已办理",
    State.NO_SHOW: "未到场",
    State.CANCELLED: "已取消",
    State.CANCELLED_BY_HALL: "大厅已取消",
    State.EXPIRED: "已失效",
}
CONSULTATION_STATES: Mapping[str, str] = {
    ConsultationState.OPEN: "已登记，等待答复",
    ConsultationState.ASSIGNED: "已交办，等待答复",
    ConsultationState.ANSWERED: "已答复",
    ConsultationState.DELIVERED: "已答复",
    ConsultationState.CLOSED: "已结束",
}
ASSISTANCE_STATES: Mapping[str, str] = {
    AssistanceState.RECEIVED: "已登记，等待安排",
    AssistanceState.ASSIGNED: "已安排",
    AssistanceState.VISITING: "工作人员正在上门",
    AssistanceState.IN_PROGRESS: "正在办理",
    AssistanceState.DONE: "已办完",
    AssistanceState.REFUSED: "没有办成",
}
EXTENDED_HOURS_STATES: Mapping[str, str] = {
    ExtendedHoursState.RECEIVED: "已登记，等待答复",
    ExtendedHoursState.PROPOSED: "建议改时间，等您同意",
    ExtendedHoursState.ACCEPTED: "已同意",
    ExtendedHoursState.REFUSED: "没有安排",
}

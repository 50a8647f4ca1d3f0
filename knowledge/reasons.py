"""Why a value is refused, in Chinese with the remedy: pydantic's errors for the people who write guides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_REASONS = {
    "missing": "缺少必填项，请补上",
    "extra_forbidden": "不认识的键，请检查拼写或删除",
    "string_too_short": "内容为空，请填写",
    "string_type": "这里应当是文字，请加上引号",
    "string_pattern_mismatch": "写法不对，请对照说明文档中的格式",
    "enum": "取值不在允许范围内，请对照说明文档",
    "bool_parsing": "只能填 true 或 false",
    "bool_type": "只能填 true 或 false",
    "model_type": "这里应当是一组“键: 值”",
    "dict_type": "这里应当是一组“键: 值”",
    "tuple_type": "这里应当是列表，每项以“- ”开头",
    "too_short": "列表太短，请补足",
    "too_long": "列表太长，请删减",
}
_REASONS_BY_START = {
    "date": "日期写法不对，请写成 2026-11-01 这样真实存在的日期",
    "time": '时间写法不对，请写成 "09:00"',
    "int": "这里应当是整数",
    "float": "这里应当是数字",
    "greater": "数值太小",
    "less": "数值太大",
}


def reason_of(error: Mapping[str, Any]) -> str:
    """The reason for one of `ValidationError.errors()`; what our own validators say is taken word for word."""
    kind: str = error["type"]
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    by_start = next((text for start, text in _REASONS_BY_START.items() if kind.startswith(start)), None)
    return _REASONS.get(kind) or by_start or f"取值不对（{error['msg']}）"

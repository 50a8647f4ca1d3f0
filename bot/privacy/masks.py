"""S24: how personal data is shown where it need not be read: lists, alarms, the screens of a window."""

from __future__ import annotations

import re

HIDDEN = "****"
LEFT_OUT = "＊＊"
"""Stands for what is left out of a text that staff read."""
CHINA = "+86"
MOBILE_DIGITS = 11
TITLES = ("女士", "先生", "小姐", "老师", "同志")
RUN_OF_DIGITS = re.compile(r"\d+")
IDENTITY_NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\+?(?:86[- ]?)?1[3-9](?:[- ]?\d){9}|0\d{2,3}[- ]?\d{7,8})(?!\d)")


def mask_name(name: str | None) -> str:
    """The first character: 王小明 gives 王**; 王女士 stays, for a title tells nothing. Nothing stays nothing."""
    name = (name or "").strip()
    if not name or (len(name) <= 3 and name[1:] in TITLES):
        return name
    return name[0] + "*" * min(len(name) - 1, 2)


def mask_telephone(telephone: str | None) -> str:
    """13800001234 and +8613800001234 give 138****1234; a short number keeps only its last two digits."""
    telephone = (telephone or "").strip()
    if not telephone:
        return ""
    if telephone.startswith(CHINA):
        national = telephone.removeprefix(CHINA)
        telephone = national if len(national) == MOBILE_DIGITS or national.startswith("400") else f"0{national}"
    if len(telephone) < 10:
        return HIDDEN + telephone[-2:]
    return telephone[:3] + HIDDEN + telephone[-4:]


def mask_numbers(text: str) -> str:
    """Long runs of digits in free text (telephones, identity and account numbers) lose their middle."""
    return RUN_OF_DIGITS.sub(lambda found: mask_telephone(found[0]) if len(found[0]) >= 7 else found[0], text)


def mask_complainant(name: str, telephone: str) -> tuple[str, str]:
    """Name and number of who complained (S21): 王＊＊ tells, unlike `mask_name`, neither title nor length;
    138＊＊＊＊0001. Nothing stays nothing."""
    national = telephone.removeprefix(CHINA)
    return f"{name[0]}{LEFT_OUT}" if name else "", f"{national[:3]}＊＊＊＊{national[-4:]}" if national else ""


def leave_out_identity(text: str, name: str) -> str:
    """A text in which that name, telephones and numbers of identity cards are left out (S21)."""
    text = IDENTITY_NUMBERS.sub(LEFT_OUT, text)
    return text.replace(name, LEFT_OUT) if len(name) > 1 else text

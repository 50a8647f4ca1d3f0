"""S24: how personal data is shown where it need not be read: lists, alarms, the screens of a window."""

from __future__ import annotations

import re

HIDDEN = "****"
CHINA = "+86"
MOBILE_DIGITS = 11
TITLES = ("女士", "先生", "小姐", "老师", "同志")
RUN_OF_DIGITS = re.compile(r"\d+")


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

"""The pages for citizens' telephones."""

from __future__ import annotations

from bot.mobile.page import STYLE_MARK
from tests.unit.bot.authorisation.asking.model import simple

simple("GET /m/guides", query={"q": "身份证"}, mark="居民身份证遗失补领")
simple("GET /m/guides/{code}", path={"code": "GA-003"}, mark="居民身份证遗失补领")
simple("GET /m/rating", query={"code": "GA-003"}, mark="居民身份证遗失补领")
simple("GET /m/style/{mark}.css", path={"mark": STYLE_MARK}, mark="font-size")
simple("GET /m/appointments")
simple("GET /m/appointments/{number}/cancel", path={"number": "YY20260302ABCDEF"})
simple("POST /m/appointments/{number}/cancel", path={"number": "YY20260302ABCDEF"})
simple("GET /m/cases")
simple("POST /m/rating", headers={"Content-Type": "application/x-www-form-urlencoded"})
simple("GET /m/oauth")

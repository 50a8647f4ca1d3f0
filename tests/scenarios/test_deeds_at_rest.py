"""Nothing that was told in the deeds of the whole run can be read in the database file or in the log (S21).

Its name stands after those of all scenarios of deeds, so it runs last of them; alone it tells one deed itself."""

from __future__ import annotations

import json

from tests.assistant import Assistant
from tests.scenarios.deeds import SPOKEN, Citizen, free_starts, in_words, new_telephone, secret, show


def test_nothing_told_is_readable(assistant: Assistant) -> None:
    citizen, start = Citizen(assistant, "at-rest-of-the-deeds"), free_starts(assistant, "GA-003")[-1]
    citizen.say(f"帮我预约居民身份证遗失补领，{in_words(start)}", secret("澹台明镜"), new_telephone())
    done = citizen.say("确认")
    assert done["status"] == "done.appointment", show(done)
    files = [assistant.database, assistant.database.with_name(f"{assistant.database.name}-wal"), assistant.log]
    for file in files:
        content = file.read_bytes()
        readable = sorted(said for said in {*SPOKEN, citizen.sender} if _in(said, content))
        assert not readable, f"{file.name} holds {readable}"


def _in(said: str, content: bytes) -> bool:
    """Plain, or as JSON writes it."""
    return said.encode() in content or json.dumps(said)[1:-1].encode() in content

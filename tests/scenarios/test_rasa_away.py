"""Rasa dies while people are being served: questions are answered, forms are not lost, Rasa comes back."""

from __future__ import annotations

from pathlib import Path

from tests.assistant import options, running_assistant, texts

BACK_WITHIN_SECONDS = 40


def test_killing_rasa_loses_nothing(tmp_path: Path) -> None:
    with running_assistant(tmp_path) as assistant:
        (offer,) = options(assistant.say("r1", "农村盖房批宅基地要啥手续"))
        assistant.say("r1", offer["payload"])
        assistant.say("r1", "同意")
        assert "电话" in texts(assistant.say("r1", "张三"))
        (first,) = assistant.rasa_pids()

        assistant.kill_rasa()
        answered = assistant.say("r2", "我身份证丢了，补一个要带什么、多少钱")
        assert (answered["status"], answered["item"]) == ("answered.guide", "GA-003")
        assert answered["disclosures"] == ["materials", "fees"]
        waiting = assistant.say("r1", "13800001111")
        assert waiting["status"] == "error.degraded"
        assert "没有丢失" in texts(waiting)
        assert assistant.health()["ready"], "the hall is still served"

        assistant.wait_for(BACK_WITHIN_SECONDS, rasa=True)
        assert assistant.rasa_pids() != [first]
        done = assistant.say("r1", "13800001111")
        assert done["status"] == "done.consultation", "the new Rasa goes on with the form"
    assert assistant.process.returncode == 0
    assert not assistant.rasa_pids()

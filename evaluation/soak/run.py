"""One soak from beginning to end: the stand-in, the app under its supervisor, the citizens, the kills, the verdict."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.db.database import Database
from bot.settings import Settings
from bot.wording.wording import load_wording
from connectors.wechat_standin.model import Limits
from connectors.wechat_standin.platform import Platform
from connectors.wechat_standin.serve import running_standin
from evaluation.soak import plan, scratch
from evaluation.soak.citizens import Sent, SoakPusher
from evaluation.soak.judge import Verdict, judged
from evaluation.soak.plan import Act, Wish
from evaluation.soak.supervisor import Listening, Supervisor, supervised

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Soaked:
    """`kills` in order: what, after how many messages. `quiet_after`: seconds from the last push until all was sent."""

    verdict: Verdict
    kills: list[tuple[int, str]]
    restart_seconds: list[float]
    ready_seconds: list[float]
    sending_seconds: float
    quiet_after: float
    token_refreshes: int
    database: dict[str, int]


def soak(
    settings: Settings,
    wish: Wish,
    listening: Listening,
    within: float | None,
    folder: Path,
    tell: Tell,
    more: Mapping[str, str] | None = None,
) -> Soaked:
    """`within`: another `answer_within` than the hall's; `folder`: for the scratch database and the app's log; `more`:
    variables for the app. Raises BenchError when the app does not start."""
    # The tighter quota of the platform's two: five customer-service messages for each message of a citizen's.
    platform = Platform(limits=Limits(custom_per_message=5))
    with ThreadPoolExecutor(1) as beside, running_standin(platform=platform) as standin:
        names = beside.submit(scratch.item_names, settings)
        own = scratch.environment(standin, folder) | scratch.knowledge(settings, within, folder)
        tell("starting the app and its Rasa")
        with supervised({**own, **(more or {})}, folder / "app.log", listening) as app:
            platform.callback_url = f"{app.url}/wechat/callback"
            platform.limits.template_events = False
            return asyncio.run(_run(platform, app, wish, plan.acts(wish, names.result()), folder, tell))


async def _run(platform: Platform, app: Supervisor, wish: Wish, acts: list[Act], folder: Path, tell: Tell) -> Soaked:
    kills, began, wording = list(plan.moments(wish)), time.monotonic(), load_wording()
    sent = await _send(platform, app, wish, acts, kills, tell)
    sending = time.monotonic() - began
    tell("waiting for the outbox")
    with closing(Database(scratch.url(folder))) as database:
        quiet = await asyncio.to_thread(scratch.until_quiet, database)
        taken, counts = scratch.stored(database)
    verdict = judged(sent, platform.deliveries, taken, wording.say("wechat.please_wait"), wording.say("wechat.failed"))
    restarts, ready = ([round(s, 1) for s in seconds] for seconds in (app.restarts, app.ready))
    refreshes = platform.tokens.refreshes
    return Soaked(verdict, kills, restarts, ready, round(sending, 1), round(quiet, 1), refreshes, counts)


async def _send(
    platform: Platform, app: Supervisor, wish: Wish, acts: list[Act], kills: list[tuple[int, str]], tell: Tell
) -> list[Sent]:
    """At a steady rate, whatever the app does; nobody begins a message while his last one is being pushed."""
    pusher, tasks, busy = SoakPusher(platform), list[asyncio.Task[Sent]](), set[int]()
    waiting, killings, due = deque(acts), [asyncio.create_task(asyncio.sleep(0))], deque(kills)

    async def one(act: Act) -> Sent:
        try:
            return await pusher.act(f"soak-citizen-{act.citizen:05}", act)
        finally:
            busy.discard(act.citizen)

    began = time.monotonic()
    while waiting:
        await asyncio.sleep(max(0.0, began + len(tasks) / wish.rate - time.monotonic()))
        act = next((a for a in waiting if a.citizen not in busy), None)
        if act is None:
            await asyncio.sleep(1 / wish.rate)
            continue
        waiting.remove(act)
        busy.add(act.citizen)
        tasks.append(asyncio.create_task(one(act)))
        if due and len(tasks) >= due[0][0]:
            what = due.popleft()[1]
            tell(f"{len(tasks)} messages sent; killing {what}")
            killings.append(asyncio.create_task(_kill(app, what, killings[-1])))
    sent = await asyncio.gather(*tasks)
    await asyncio.gather(*killings)
    return list(sent)


async def _kill(app: Supervisor, what: str, before: asyncio.Task[Any]) -> None:
    """One after the other."""
    await before
    await asyncio.to_thread(app.kill_app if what == "app" else app.kill_rasa)

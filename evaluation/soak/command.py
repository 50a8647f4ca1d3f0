"""`wenban soak wechat`: the command."""

from __future__ import annotations

import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.settings import load_settings

console = Console()
What = Annotated[str, typer.Argument(help="the channel: wechat")]
Messages = Annotated[int, typer.Option(min=10, max=100_000, help="how many messages")]
Rate = Annotated[float, typer.Option(min=0.1, max=200, help="messages a second")]
Repeats = Annotated[float, typer.Option(min=0, max=1, help="share of messages that WeChat pushes once more")]
Slow = Annotated[float, typer.Option(min=0, max=0.5, help="share of answers that take longer than WeChat waits")]
Kills = Annotated[int, typer.Option(min=0, max=20, help="how often the app is killed")]
RasaKills = Annotated[int, typer.Option(min=0, max=20, help="how often its Rasa is killed")]
Seed = Annotated[int, typer.Option(help="what chance draws from")]
Keep = Annotated[bool, typer.Option(help="the listening socket outlives the app, so that connections wait")]
Spare = Annotated[bool, typer.Option(help="the next process waits with everything imported")]
Within = Annotated[float | None, typer.Option(min=0.5, max=3.8, help="another answer_within than in wechat.yaml")]
Out = Annotated[Path | None, typer.Option(help="folder of the report, by default <data_dir>/soak")]


def soak(
    what: What = "wechat",
    *,
    messages: Messages = 2000,
    rate: Rate = 20.0,
    repeats: Repeats = 0.1,
    slow: Slow = 0.02,
    kills: Kills = 2,
    rasa_kills: RasaKills = 1,
    seed: Seed = 20261122,
    keep_listening: Keep = True,
    spare: Spare = True,
    answer_within: Within = None,
    out: Out = None,
) -> None:
    """Send many messages through a stand-in WeChat while the app is killed, and count what was answered how often.
    Exit 1 unless each was answered exactly once and in time."""
    from evaluation.load.benchmark import FAILURES  # noqa: PLC0415  the other commands do without these
    from evaluation.soak import report  # noqa: PLC0415
    from evaluation.soak.plan import Wish  # noqa: PLC0415
    from evaluation.soak.run import soak as run  # noqa: PLC0415
    from evaluation.soak.supervisor import Listening  # noqa: PLC0415

    if what != "wechat":
        raise typer.BadParameter("only wechat can be soaked")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to stop is as orderly as Ctrl-C
    settings, wish = load_settings(), Wish(messages, rate, repeats, slow, kills, rasa_kills, seed)
    listening = Listening(keep_listening, spare and keep_listening)
    folder = out or settings.data / "soak"
    try:
        with console.status("Soaking …") as status, tempfile.TemporaryDirectory() as scratch:
            done = run(settings, wish, listening, answer_within, Path(scratch), lambda t: status.update(f"{t} …"))
    except FAILURES as error:
        console.print(f"The soak was not finished: {error}", style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error
    missed = report.missed(done)
    report.write(folder / "wechat.json", wish, listening, answer_within, done, missed)
    console.print(report.table(done))
    for line in (*missed, *done.verdict.faults):
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Written to {folder / 'wechat.json'}", highlight=False, soft_wrap=True)
    if missed:
        raise typer.Exit(1)

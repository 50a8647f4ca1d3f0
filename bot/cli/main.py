"""`wenban`: run, serve, worker, setup, train, check, staff, wechat, and import, export, template, history of guides and
FAQ entries; other packages add commands by the entry point group `wenban.commands` (evaluation adds some)."""

from __future__ import annotations

import os
import socket
from importlib.metadata import entry_points
from typing import Annotated

import typer

from bot import logs
from bot.cli.console import console, fail, settings_or_exit
from bot.cli.exchange import exports, history, imports, templates
from bot.cli.privacy import privacy, purge
from bot.cli.staff import staff
from bot.cli.wechat import wechat
from bot.cli.worker import worker
from bot.settings import Settings, SettingsError

app = typer.Typer(name="wenban", help="问办：政务服务大厅的问答助手", no_args_is_help=True, add_completion=False)
app.add_typer(imports, name="import")
app.add_typer(exports, name="export", no_args_is_help=True)
app.add_typer(templates, name="template", no_args_is_help=True)
app.add_typer(staff, name="staff", no_args_is_help=True)
app.command()(history)
app.command()(worker)
app.command()(purge)
app.add_typer(privacy, name="privacy", no_args_is_help=True)
app.add_typer(wechat, name="wechat", no_args_is_help=True)


@app.command()
def setup() -> None:
    """Prepare what is missing: Rasa's environment, encoder, chat page, model."""
    from bot.setup.python310 import Python310Missing
    from bot.setup.steps import SetupError, steps
    from bot.setup.training import TrainingError

    for step in steps(settings_or_exit()):
        try:
            if step.done():
                continue
            with console.status(f"Preparing {step.title} …"):
                console.print(f"Preparing {step.title} …", highlight=False)
                step.run()
            console.print(f"Ready: {step.title}", highlight=False)
        except (SetupError, TrainingError, Python310Missing) as error:
            raise fail(str(error)) from error


@app.command()
def train() -> None:
    """Train the Rasa model anew."""
    from bot.setup import training

    settings = settings_or_exit()
    try:
        with console.status("Training …"):
            training.train(settings)
    except training.TrainingError as error:
        raise fail(str(error)) from error
    console.print(f"Trained {training.model_name(settings)}", highlight=False)


@app.command()
def serve() -> None:
    """Start the assistant; with WENBAN_RASA_URL unset, Rasa too. Ctrl-C stops both."""
    from bot.cli.serving import is_handed_down, run_server
    from bot.processes.rasa_process import RasaMissing
    from knowledge.loader import KnowledgeError

    settings = settings_or_exit()
    if not is_handed_down(os.environ, os.getpid()):
        _refuse_taken_port(settings)
    logs.configure(settings.log_level)
    try:
        run_server(settings)
    except KnowledgeError as error:
        raise fail(f"知识文件有误，请修改后再启动：\n{error}") from error
    except (RasaMissing, SettingsError) as error:
        raise fail(str(error)) from error


@app.command()
def run() -> None:
    """Prepare what is missing, then start: what `make run` calls."""
    setup()
    serve()


@app.command()
def check(
    warnings: Annotated[bool, typer.Option(help="also list what is no error but could be better")] = True,
) -> None:
    """Check all knowledge files, then what they say (missing disclosures, past dates, contradictions, dead references,
    colliding names, unclear words); exit status 1 when there is an error."""
    from bot.cli.knowledge_files import check_all, check_content
    from bot.publishing.library import today
    from knowledge.selfcheck.findings import Severity

    folder = settings_or_exit().knowledge
    problems = check_all(folder)
    for problem in problems:
        console.print(str(problem), highlight=False, markup=False, soft_wrap=True)
    if problems:
        raise fail(f"共发现 {len(problems)} 处问题。")
    found = check_content(folder, today())
    wrong = [finding for finding in found if finding.severity is Severity.ERROR]
    for finding in found if warnings else wrong:
        label = "错误" if finding.severity is Severity.ERROR else "提醒"
        console.print(f"{label} {finding}", highlight=False, markup=False, soft_wrap=True)
    if wrong:
        raise fail(f"共发现 {len(wrong)} 处错误，{len(found) - len(wrong)} 处提醒。")
    console.print(f"知识文件检查通过，{len(found)} 处提醒。")


def _refuse_taken_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise fail(
                f"端口 {settings.host}:{settings.port} 不能使用（{error.strerror}）。"
                f"请停止占用它的程序，或者换一个端口：WENBAN_PORT=8001 make run"
            ) from error


for _entry in entry_points(group="wenban.commands"):
    app.command(_entry.name)(_entry.load())


if __name__ == "__main__":
    app()

"""`wenban`: run, serve, setup, train, check, import; other packages add commands by the entry point group
`wenban.commands` (evaluation adds `evaluate` and `bench`)."""

from __future__ import annotations

import socket
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import logs
from bot.settings import Settings, SettingsError, load_settings

app = typer.Typer(name="wenban", help="问办：政务服务大厅的问答助手", no_args_is_help=True, add_completion=False)
console = Console()
errors = Console(stderr=True)


def fail(message: str) -> typer.Exit:
    """Prints one plain message and gives the exit to raise."""
    errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


def settings_or_exit() -> Settings:
    """The settings, or a clear message and exit status 1."""
    try:
        return load_settings()
    except SettingsError as error:
        raise fail(f"设置有误：{error}") from error


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
    from bot.cli.serving import run_server
    from bot.processes.rasa_process import RasaMissing
    from knowledge.loader import KnowledgeError

    settings = settings_or_exit()
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
def check() -> None:
    """Check all knowledge files; every problem is printed with file, line and reason."""
    from bot.cli.knowledge_files import check_all

    problems = check_all(settings_or_exit().knowledge)
    for problem in problems:
        errors.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise fail(f"共发现 {len(problems)} 处问题。")
    console.print("知识文件检查通过。")


@app.command("import")
def import_guides(files: Annotated[list[Path], typer.Argument(help="办事指南 YAML 文件", exists=True)]) -> None:
    """Check guide files and take them into the knowledge folder: all of them, or none."""
    from bot.cli.knowledge_files import import_files
    from knowledge.loader import KnowledgeError

    try:
        codes = import_files(files, settings_or_exit().knowledge)
    except (KnowledgeError, OSError) as error:
        raise fail(f"没有导入任何文件：\n{error}") from error
    console.print(f"已导入 {len(codes)} 个事项：{'、'.join(codes)}。重启后生效。")


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

"""What was evaluated, on what, and when: everything needed to repeat a run."""

from __future__ import annotations

import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from bot.policy import FILE as POLICY_FILE
from bot.settings import ROOT, Settings
from evaluation.load.report import machine

PACKAGES = (
    "wenban", "onnxruntime", "sentence-transformers", "faiss-cpu", "bm25s", "jieba", "numpy", "scikit-learn",
    "haystack-ai",
)  # fmt: skip


def configuration(settings: Settings, url: str | None) -> dict[str, Any]:
    """No secret is among it. With `url`, the assistant ran elsewhere, and files and versions are only this
    checkout's."""
    return {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "url": url,
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(_git("status", "--porcelain")),
        "encoder": settings.encoder,
        "rasa_models": sorted(path.name for path in settings.model_folder.glob("*.tar.gz")),
        **{path.stem: _yaml(path) for path in thresholds(settings)},
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "machine": machine(),
    }


def thresholds(settings: Settings) -> list[Path]:
    """The files with the figures that were chosen on the development sets."""
    files = (settings.knowledge / "linking.yaml", settings.knowledge / "confidence.yaml", POLICY_FILE)
    return [path for path in files if path.exists()]


def _git(*arguments: str) -> str | None:
    """None outside a git checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run([git, *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))

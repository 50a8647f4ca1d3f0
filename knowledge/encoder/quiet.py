"""Keeps third-party start-up chatter (advice about hub models, progress bars) out of the hall's console."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_libraries() -> None:
    """To be called before sentence-transformers is imported; errors are still shown."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    for name in ("sentence_transformers", "transformers", "optimum", "huggingface_hub", "onnxruntime"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(torch|transformers|optimum|onnx).*")

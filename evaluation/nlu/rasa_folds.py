"""Runs in Rasa's environment (Python 3.10), inside intents/: trains the real pipeline without each fold and parses it.

Not `rasa test nlu --cross-validation`: that gives the test messages no vector, and knows nothing of `disclosures`.
Arguments: number of folds, output file. WENBAN_TRAINING_VECTORS holds the vectors of all utterances.
Writes a JSON line an utterance: fold, intent, disclosures, parsed.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from components.given_embedding import VECTORS_FILE, GivenEmbeddingFeaturizer  # type: ignore[import-not-found]
from rasa.core.agent import Agent  # type: ignore[import-not-found]
from rasa.core.channels.channel import UserMessage  # type: ignore[import-not-found]
from rasa.model_training import train_nlu  # type: ignore[import-not-found]
from rasa.nlu.test import generate_folds  # type: ignore[import-not-found]
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLWriter  # type: ignore[import-not-found]
from rasa.shared.nlu.training_data.loading import load_data  # type: ignore[import-not-found]

ENTITY = "disclosure"
SEED = 7
PARSED = ("entities", "intent_ranking", "disclosures")
"""What the input channel hands to the app."""


def main(folds: int, out: Path) -> None:
    """Each utterance is parsed once, by the model that was trained without it."""
    vectors = GivenEmbeddingFeaturizer._training_vectors()
    np.random.seed(SEED)  # what Rasa draws its folds from
    with out.open("w", encoding="utf-8") as lines, tempfile.TemporaryDirectory() as scratch:
        for number, (train, test) in enumerate(generate_folds(folds, load_data("data/nlu"))):
            agent = _trained(train, vectors, Path(scratch))
            for row in asyncio.run(_parsed(agent, test, vectors)):
                lines.write(json.dumps({"fold": number, **row}, ensure_ascii=False) + "\n")
            print(f"fold {number + 1} of {folds}", flush=True)  # noqa: T201  read by nobody but the log


def _trained(train: Any, vectors: Any, scratch: Path) -> Any:
    """An agent that has seen nothing but `train`, its vectors included."""
    data, known = scratch / "nlu.yml", scratch / "vectors.npz"
    RasaYAMLWriter().dump(data, train)
    texts = [message.get("text") for message in train.nlu_examples]
    np.savez(known, texts=np.array(texts), vectors=np.vstack([vectors[text] for text in texts]))
    os.environ[VECTORS_FILE] = str(known)
    return Agent.load(train_nlu("config.yml", str(data), str(scratch)))


async def _parsed(agent: Any, test: Any, vectors: Any) -> list[dict[str, Any]]:
    rows = []
    for message in test.intent_examples:
        text = message.get("text")
        embedding = base64.b64encode(np.asarray(vectors[text], "<f4").tobytes()).decode()
        parsed = await agent.processor.parse_message(UserMessage(text, metadata={"embedding": embedding}))
        rows.append(
            {
                "text": text,
                "intent": message.get("intent"),
                "disclosures": sorted(set(_asked(message))),
                "parsed": {key: parsed.get(key) for key in PARSED},
            }
        )
    return rows


def _asked(message: Any) -> Iterator[str]:
    return (e["role"] for e in message.get("entities") or () if e["entity"] == ENTITY)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

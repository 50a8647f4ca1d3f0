"""Makes the peers, on the knowledge that our assistant publishes today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from rich.console import Console

from bot.assembly import WORDS_FILE
from bot.publishing.library import today
from bot.settings import Settings
from bot.understanding.keywords import load_keywords
from evaluation.peers.bm25 import Bm25Search, JiebaWords
from evaluation.peers.dense import DenseSearch
from evaluation.peers.hybrid import HybridSearch
from evaluation.peers.peer import Peer
from evaluation.peers.phrases import phrases
from evaluation.peers.plain_rasa import training
from evaluation.peers.plain_rasa.answering import running_plain_rasa
from evaluation.peers.retrieval import RetrievalPeer, choose_floor
from evaluation.questions import DATASETS, load_questions
from knowledge import base
from knowledge.encoder.encoder import load_encoder
from knowledge.encoder.remember import RememberedVectors
from knowledge.text.tokens import normalise

FLOOR_SETS = (DATASETS / "development.jsonl", DATASETS / "development2.jsonl", DATASETS / "development3.jsonl")
"""The peers' floors are chosen on the sets on which our thresholds were chosen."""


def retrieval_peers(settings: Settings, faq_items: Mapping[str, tuple[str, ...]]) -> list[RetrievalPeer]:
    """BM25, dense and hybrid, each with its floor chosen. Raises KnowledgeError."""
    entries = phrases(base.read(settings.knowledge), today())
    encoder = load_encoder(settings.encoder, settings.encoder_folder, settings.encoder_threads)
    vectors = RememberedVectors(encoder, settings.vectors_file)([normalise(entry.text) for entry in entries])
    words, keywords = JiebaWords(WORDS_FILE), load_keywords()
    searches = (
        Bm25Search(entries, words),
        DenseSearch(vectors, encoder.encode_queries),
        HybridSearch(entries, words, vectors, encoder.encode_queries),
    )
    peers = [RetrievalPeer(search, entries, keywords, faq_items) for search in searches]
    development = [question for path in FLOOR_SETS for question in load_questions(path)]
    for peer in peers:
        choose_floor(peer, development)
    return peers


@contextmanager
def all_peers(settings: Settings, faq_items: Mapping[str, tuple[str, ...]], console: Console) -> Iterator[list[Peer]]:
    """The retrieval peers and plain Rasa, which is trained first if it must be. Raises KnowledgeError, PeerError,
    BenchError."""
    peers: list[Peer] = list(retrieval_peers(settings, faq_items))
    project = training.prepare(settings)
    if not project.is_trained:
        console.print("Training the plain Rasa bot (many minutes, once for each state of the knowledge) …")
        training.train(project)
    with ExitStack() as stack:
        peers.append(stack.enter_context(running_plain_rasa(project, settings.data / "evaluation", faq_items)))
        yield peers

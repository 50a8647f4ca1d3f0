"""The packed model is read once: it is large."""

import pytest

from knowledge.encoder import packed_e5
from knowledge.encoder.packed_e5 import PackedModel


@pytest.fixture(scope="session")
def packed() -> PackedModel:
    return packed_e5.read(packed_e5.packed_file())

"""Two real exports of other platforms, untidy as they are, come in completely by their mapping files."""

from pathlib import Path

import pytest

from knowledge.exchange.check import missing
from knowledge.exchange.columns import ContentKind
from knowledge.exchange.incoming import incoming_faq, incoming_guides
from knowledge.exchange.mapping import load_mapping
from knowledge.loader import DATA, load_faq, load_guides, load_hall
from knowledge.model import ReviewState

DATASETS = Path(__file__).parents[5] / "shared" / "datasets"


def dataset(name: str) -> Path:
    if not (DATASETS / name).is_file():
        pytest.skip(f"{DATASETS / name} is not here: the real exports are not part of the project")
    return DATASETS / name


def test_all_guides_of_guangdong_come_in() -> None:
    hall = load_hall()
    file = dataset("guangdong_guides.jsonl")
    items, notes = incoming_guides(file, load_mapping("guangdong", DATA), load_guides(hall), hall)
    guides = [item.model for item in items]
    assert len(guides) == len({guide.code for guide in guides}) == len({guide.name for guide in guides}) == 1120
    assert all(guide.origin == "广东政务服务网" and guide.code.startswith("GD-") for guide in guides)
    lacking = missing(ContentKind.GUIDES, guides)
    assert lacking["收费标准"] == lacking["办理流程"] == lacking["设定依据"] == 1120
    assert (lacking["办理时限"], lacking["申报材料"], lacking["办理地点"], lacking["主管部门电话"]) == (251, 725, 1, 38)
    assert len([note for note in notes if note.column == "name"]) == 36
    assert not any("办理地点：" in (p.address or "") for g in guides if g.location for p in g.location.elsewhere)


def test_all_faq_entries_of_taipei_come_in_and_answer() -> None:
    file = dataset("taipei_faq.jsonl")
    items, notes = incoming_faq(file, load_mapping("taipei", DATA), load_faq(), {}, load_hall())
    assert len({item.model.id for item in items}) == len(items) == 1769
    assert all(item.model.review is ReviewState.REVIEWED and item.model.owner == "台北市政府" for item in items)
    assert {note.column for note in notes} == {"answer"}, "answers that the source cut off are told"

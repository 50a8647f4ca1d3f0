"""Reading a whole data folder, and building the snapshot that the app answers from."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assembly import WORDS_FILE
from knowledge import base
from knowledge.base import KnowledgeBase, Workshop
from knowledge.encoder.encoder import Encoder
from knowledge.encoder.remember import RememberedVectors
from knowledge.loader import KnowledgeError
from tests.unit.helpers import (
    MINOR,
    four_guides,
    guest_guide,
    make_faq,
    make_guide,
    make_published,
    shared_base,
    small_base,
    target,
)


def test_a_right_folder_is_read_whole(knowledge_folder: Path) -> None:
    published = base.read(knowledge_folder)
    assert list(published.guides) == ["GA-003"]
    assert "多少钱" in published.question_words and "材料" in published.asking_words
    assert not any(word.startswith("#") for word in published.question_words)


def test_problems_of_several_files_come_at_once(knowledge_folder: Path) -> None:
    (knowledge_folder / "labels.yaml").write_text("disclosures: {}\n", encoding="utf-8")
    (knowledge_folder / "linking.yaml").write_text("", encoding="utf-8")
    (knowledge_folder / "guides" / "GA-003.yaml").write_text("code: GA-003\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        base.read(knowledge_folder)
    assert {"labels.yaml", "GA-003.yaml"} <= {p.file.name for p in caught.value.problems}


def test_labels_of_every_closed_list_must_be_there(knowledge_folder: Path) -> None:
    labels = knowledge_folder / "labels.yaml"
    labels.write_text(labels.read_text(encoding="utf-8").replace("  fees: 收费标准\n", ""), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="缺少这些名称：fees"):
        base.read(knowledge_folder)


FILES = [
    "question_words.txt", "asking_words.txt", "interrogatives.txt", "hall.yaml", "labels.yaml", "linking.yaml",
    "confidence.yaml", "facilities.yaml", "scenarios.yaml", "topics.yaml", "initials.yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_a_problem_and_no_crash(knowledge_folder: Path, name: str) -> None:
    (knowledge_folder / name).unlink()
    with pytest.raises(KnowledgeError) as caught:
        base.read(knowledge_folder)
    assert name in {p.file.name for p in caught.value.problems}


def test_a_hall_may_have_no_faq_yet(knowledge_folder: Path) -> None:
    assert base.read(knowledge_folder).faq == {}


def test_a_bad_faq_file_is_refused_with_its_line(knowledge_folder: Path) -> None:
    (knowledge_folder / "faq").mkdir()
    (knowledge_folder / "faq" / "GA.yaml").write_text("faq:\n  - id: x\n    questions: []\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        base.read(knowledge_folder)
    assert {p.file.name for p in caught.value.problems} == {"GA.yaml"}


def test_a_name_of_two_items_is_refused(knowledge_folder: Path) -> None:
    guide = (knowledge_folder / "guides" / "GA-003.yaml").read_text(encoding="utf-8")
    copy = knowledge_folder / "guides" / "GA-004.yaml"
    copy.write_text(guide.replace("code: GA-003", "code: GA-004"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="已经属于 GA-003"):
        base.read(knowledge_folder)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("　我的身份正ＯＫ吗\n", "我的身份证ok吗"),
        ("我的身份證丟了", "我的身份证丢了"),
        ("sfz掉了", "身份证掉了"),
        ("公積金", "公积金"),
        ("十六岁", "十六岁"),
        ("", ""),
    ],
)
def test_reading_text_normalises_simplifies_and_mends(words_base: KnowledgeBase, written: str, read: str) -> None:
    assert words_base.read_text(written) == read


@given(st.lists(st.sampled_from("身份正證丢了公积金社保咔sfz gjj１２，。？怎么办 "), max_size=20).map("".join))
def test_reading_what_was_read_changes_nothing_more(text: str) -> None:
    once = shared_base().read_text(text)
    assert shared_base().read_text(once) == once


@pytest.mark.parametrize(
    ("id_", "title"),
    [
        ("GA-003", "居民身份证遗失补领"), ("FAQ-GA-001", "捡到的身份证能用吗"), ("restrooms", "卫生间"),
        ("lost_papers", "钱包丢失"), ("court", "法院立案"),
    ],
)  # fmt: skip
def test_everything_has_a_title_under_which_it_comes_back(id_: str, title: str) -> None:
    assert shared_base().title(target(id_)) == title
    assert shared_base().titles[title] == target(id_)


def test_only_titles_and_no_other_phrases_come_back() -> None:
    assert not {"身份证丢了", "别人能用我的身份证吗", "洗手间", "钱包掉了", "打官司"} & shared_base().titles.keys()


# FAQ entries answer on their days only.

TODAY = date(2026, 11, 22)  # the day for which small_base builds


@pytest.mark.parametrize(
    ("change", "answers"),
    [
        pytest.param({}, True, id="within its dates"),
        pytest.param({"valid_from": TODAY}, True, id="the first day"),
        pytest.param({"valid_from": TODAY + timedelta(days=1)}, False, id="not yet"),
        pytest.param({"valid_until": TODAY}, True, id="the last day"),
        pytest.param({"valid_until": TODAY - timedelta(days=1)}, False, id="over"),
        pytest.param({"review": "draft"}, False, id="not reviewed"),
        pytest.param({"review": "withdrawn"}, False, id="withdrawn"),
        pytest.param({"origin": "省平台"}, True, id="of another platform"),
        pytest.param(
            {"origin": "省平台", "valid_until": TODAY - timedelta(days=1)}, False, id="another platform, over"
        ),
    ],
)
def test_an_faq_entry_answers_on_its_days_only(fake_encoder: Encoder, change: dict[str, Any], answers: bool) -> None:
    entry = make_faq(**change)
    built = small_base(fake_encoder, faq={entry.id: entry})
    found = built.linker.link("捡到的身份证能用吗", fake_encoder.encode_queries(["捡到的身份证能用吗"])[0])
    assert (target("FAQ-GA-001") in {c.target for c in found.candidates}) is answers
    assert ("捡到的身份证能用吗" in built.titles) is answers
    assert entry.answers_on(TODAY) is answers


def test_of_two_same_titles_the_halls_own_comes_back(fake_encoder: Encoder) -> None:
    guest = guest_guide(code="XX-003", name="居民身份证遗失补领")
    built = small_base(fake_encoder, guides={"XX-003": guest, **four_guides()})
    assert built.titles["居民身份证遗失补领"] == target("GA-003")


@pytest.mark.parametrize(("phrase", "read"), [("游艇驾照", "游艇坏了"), ("出海的时候游艇驾照掉到了水里", "游廷坏了")])
def test_slips_are_mended_by_names_and_not_by_the_words_of_a_story(
    fake_encoder: Encoder, phrase: str, read: str
) -> None:
    guides = {**four_guides(), "GA-003": make_guide(colloquial=[phrase])}
    assert small_base(fake_encoder, guides=guides).read_text("游廷坏了") == read


def test_a_situation_is_found_by_its_own_phrases(fake_encoder: Encoder) -> None:
    built = small_base(fake_encoder, guides={**four_guides(), "GA-003": make_guide(situations=[MINOR])})
    best = built.linker.link("孩子身份证丢了", fake_encoder.encode_queries(["孩子身份证丢了"])[0]).candidates[0]
    assert best.code == "GA-003" and best.cosine == pytest.approx(1, abs=1e-5)


def test_a_rebuild_encodes_only_what_is_new(fake_encoder: Encoder) -> None:
    encoded: list[str] = []

    class Counting:
        name, dimension = "counting", fake_encoder.dimension

        def encode_queries(self, texts: list[str]) -> Any:
            encoded.extend(texts)
            return fake_encoder.encode_queries(texts)

    workshop = Workshop(RememberedVectors(Counting()), WORDS_FILE, ())  # type: ignore[arg-type]
    published = make_published()
    base.build(published, workshop, TODAY)
    assert len(encoded) == len(set(encoded)) > 20
    encoded.clear()
    guide = make_guide(colloquial=[*make_guide().colloquial, "身份证被偷"])
    base.build(replace(published, guides={**published.guides, "GA-003": guide}), workshop, TODAY)
    assert encoded == ["身份证被偷"]

"""Reading a whole data folder, and building the snapshot that the app answers from."""

from pathlib import Path

import pytest

from knowledge import base
from knowledge.base import KnowledgeBase
from knowledge.loader import KnowledgeError


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


@pytest.mark.parametrize("name", ["question_words.txt", "asking_words.txt"])
def test_a_missing_word_list_is_a_problem_and_no_crash(knowledge_folder: Path, name: str) -> None:
    (knowledge_folder / name).unlink()
    with pytest.raises(KnowledgeError):
        base.read(knowledge_folder)


def test_reading_text_normalises_and_mends(words_base: KnowledgeBase) -> None:
    assert words_base.read_text("　我的身份正ＯＫ吗\n") == "我的身份证ok吗"

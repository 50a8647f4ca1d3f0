"""The real guides and hall: complete, consistent among themselves, and of the catalogue."""

import csv
import re
from collections import Counter

import pytest

from bot.settings import ROOT
from knowledge.base import Published
from knowledge.labels import Labels
from knowledge.model import Applicant, Disclosure, Guide
from knowledge.tokens import normalise

CATALOGUE = ROOT.parent / "shared" / "catalogue.csv"
APPLICANTS = {"自然人": Applicant.NATURAL_PERSON, "法人": Applicant.LEGAL_PERSON}
# Laws, offices and proofs that are no more, and ways of speaking that a guide must not use.
ABOLISHED = (
    "中华人民共和国民法通则", "中华人民共和国婚姻法", "中华人民共和国继承法", "中华人民共和国收养法",
    "中华人民共和国物权法", "中华人民共和国合同法", "企业法人登记管理条例", "公司登记管理条例",
    "个体工商户条例", "工商行政管理局", "工商局", "国家税务局", "地方税务局", "地税局", "计划生育委员会", "计生委",
    "食品药品监督管理局", "劳动和社会保障局", "质量技术监督局", "国土资源局", "房管局",
    "流动人口婚育证明", "准生证", "企业名称预先核准",
)  # fmt: skip


def each(published: Published) -> list[Guide]:
    return list(published.guides.values())


def test_every_guide_has_eight_disclosures_that_are_not_empty(published: Published) -> None:
    assert len(published.guides) >= 30
    for guide in each(published):
        for disclosure in Disclosure:
            assert getattr(guide, disclosure.value), (guide.code, disclosure)


def test_references_between_guides_lead_to_items_of_the_same_numbering(published: Published) -> None:
    departments = {d.id for d in published.hall.departments}
    for guide in each(published):
        referred = {*guide.preceding, *guide.following, *guide.related}
        assert guide.code not in referred, guide.code
        assert {code[:2] for code in referred} <= departments, guide.code
        assert guide.code[:2] == guide.department, guide.code


def test_ids_and_names_of_the_situations_of_a_guide_are_unique(published: Published) -> None:
    for guide in each(published):
        for values in ([s.id for s in guide.situations], [s.name for s in guide.situations]):
            assert len(set(values)) == len(values), guide.code


def test_every_situation_changes_something(published: Published) -> None:
    for guide in each(published):
        for situation in guide.situations:
            assert situation.changes.model_fields_set, (guide.code, situation.id)


def test_windows_exist_and_one_of_them_serves_the_department(published: Published) -> None:
    for guide in each(published):
        changed = [s.changes.location for s in guide.situations if s.changes.location]
        windows = [[published.hall.window(w)[1] for w in place.windows] for place in (guide.location, *changed)]
        assert any(guide.department in window.departments for window in windows[0]), guide.code


def test_ids_of_the_hall_are_unique_and_windows_lie_in_their_zone(published: Published) -> None:
    hall = published.hall
    windows = [(zone.id, window) for zone in hall.zones for window in zone.windows]
    ids = [d.id for d in hall.departments] + [z.id for z in hall.zones] + [w.id for _, w in windows]
    assert [i for i, n in Counter(ids).items() if n > 1] == []
    departments = {d.id for d in hall.departments}
    for zone_id, window in windows:
        assert window.id.startswith(zone_id)
        assert set(window.departments) <= departments, window.id


def test_no_name_belongs_to_two_items(published: Published) -> None:
    owners: dict[str, set[str]] = {}
    for guide in each(published):
        for name in guide.names:
            owners.setdefault(normalise(name), set()).add(guide.code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


def test_no_name_stands_twice_in_a_guide(published: Published) -> None:
    doubles = {g.code: [n for n, times in Counter(g.names).items() if times > 1] for g in each(published)}
    assert {code: names for code, names in doubles.items() if names} == {}


def test_no_guide_quotes_what_is_abolished(published: Published) -> None:
    """Citizens may still use the old words, so their own ways of asking are left out."""
    texts = {g.code: g.model_dump_json(exclude={"aliases", "colloquial", "situations"}) for g in each(published)}
    assert [(code, phrase) for code, text in texts.items() for phrase in ABOLISHED if phrase in text] == []


def test_texts_hold_no_leftovers_of_editing(published: Published) -> None:
    leftover = re.compile(r"TODO|FIXME|待补充|待核实|XXX|\?\?|�|\{|\}")
    for guide in each(published):
        texts = "\n".join(_texts(guide.model_dump()))
        assert not leftover.search(texts), guide.code


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for child in children for text in _texts(child)]


def test_labels_are_distinct_so_that_payloads_are(published: Published) -> None:
    labels: Labels = published.labels
    assert len(set(labels.disclosures.values())) == len(Disclosure)
    assert not any(mark in label for label in labels.disclosures.values() for mark in "：、:")


def test_official_names_hold_no_mark_of_payloads(published: Published) -> None:
    assert [g.name for g in each(published) if "：" in g.name] == []


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="../shared/catalogue.csv, the list of items, is not beside us")
def test_code_name_department_and_applicant_are_those_of_the_catalogue(published: Published) -> None:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    departments = {d.id: d.name for d in published.hall.departments}
    for guide in each(published):
        row = rows[guide.code]
        assert (guide.name, departments[guide.department]) == (row["name"], row["department"])
        if row["applicant"] in APPLICANTS:
            assert guide.applicant is APPLICANTS[row["applicant"]], guide.code

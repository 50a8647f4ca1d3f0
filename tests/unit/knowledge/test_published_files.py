"""Everything the hall publishes: complete, consistent among itself, and of the catalogue."""

import csv
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.settings import ROOT
from knowledge import scenarios
from knowledge.base import Published
from knowledge.labels import Labels
from knowledge.model import Applicant, Computed, Disclosure, Guide, ReviewState, Scenario
from knowledge.scenarios import Stand
from knowledge.situations import situation_in
from knowledge.text.tokens import normalise

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
# Titles of documents in force that hold the old name of an office.
IN_FORCE = ("国家卫生计生委、公安部关于启用和规范管理新版《出生医学证明》的通知",)
# The catalogue names three companies that share one counter of the hall.
SHARED_COUNTER = {"供水公司": "公用事业服务单位", "供电公司": "公用事业服务单位", "燃气公司": "公用事业服务单位"}


def each(published: Published) -> list[Guide]:
    return list(published.guides.values())


def test_every_guide_has_eight_disclosures_that_are_not_empty(published: Published) -> None:
    assert len(published.guides) >= 85
    for guide in each(published):
        for disclosure in Disclosure:
            assert getattr(guide, disclosure.value), (guide.code, disclosure)


def test_items_before_after_and_beside_an_item_exist_and_are_others(published: Published) -> None:
    for guide in each(published):
        referred = {*guide.preceding, *guide.following, *guide.related}
        assert guide.code not in referred, guide.code
        assert referred <= published.guides.keys(), guide.code


def test_the_code_of_an_item_begins_with_its_department(published: Published) -> None:
    assert [g.code for g in each(published) if g.code[:2] != g.department] == []


def test_at_least_forty_items_have_two_situations(published: Published) -> None:
    assert sum(len(guide.situations) >= 2 for guide in each(published)) >= 40


def test_ids_and_names_of_the_situations_of_a_guide_are_unique(published: Published) -> None:
    for guide in each(published):
        for values in ([s.id for s in guide.situations], [s.name for s in guide.situations]):
            assert len(set(values)) == len(values), guide.code


def test_every_situation_changes_something(published: Published) -> None:
    for guide in each(published):
        for situation in guide.situations:
            assert situation.changes.model_fields_set, (guide.code, situation.id)


def test_every_situation_has_cues_and_no_two_of_an_item_share_one(published: Published) -> None:
    for guide in each(published):
        cues = [normalise(cue) for situation in guide.situations for cue in situation.cues]
        assert all(situation.cues for situation in guide.situations), guide.code
        assert [cue for cue, times in Counter(cues).items() if times > 1] == [], guide.code


def test_every_situation_is_found_by_its_own_cues(published: Published) -> None:
    lost = [
        (guide.code, situation.id)
        for guide in each(published)
        for situation in guide.situations
        if not any(situation_in(guide, normalise(cue)) is situation for cue in situation.cues)
    ]
    assert lost == []


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


def test_no_name_belongs_to_two_things_of_whatever_kind(published: Published) -> None:
    owners: dict[str, set[str]] = {}
    for id_, names in phrases(published):
        for name in names:
            owners.setdefault(normalise(name), set()).add(id_)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def phrases(published: Published) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names under which each thing is found."""
    yield from ((guide.code, guide.names) for guide in each(published))
    yield from ((entry.id, entry.questions) for entry in published.faq.values())
    for things in (published.facilities, published.scenarios, published.topics):
        yield from ((id_, (thing.name, *thing.phrases)) for id_, thing in things.items())


def test_no_name_stands_twice_in_a_guide(published: Published) -> None:
    doubles = {g.code: [n for n, times in Counter(g.names).items() if times > 1] for g in each(published)}
    assert {code: names for code, names in doubles.items() if names} == {}


def test_no_guide_quotes_what_is_abolished(published: Published) -> None:
    """Citizens may still use the old words, so their own ways of asking are left out."""
    own_words = {"aliases": True, "colloquial": True, "situations": {"__all__": {"ask", "cues"}}}
    texts = {g.code: g.model_dump_json(exclude=own_words) for g in each(published)}  # type: ignore[arg-type]
    texts |= {e.id: e.model_dump_json(exclude={"questions"}) for e in published.faq.values()}
    quoted = [
        (code, phrase)
        for code, text in texts.items()
        for phrase in ABOLISHED
        if phrase in _without_titles_in_force(text)
    ]
    assert quoted == []


def _without_titles_in_force(text: str) -> str:
    for title in IN_FORCE:
        text = text.replace(title, "")
    return text


def test_texts_hold_no_leftovers_of_editing(published: Published) -> None:
    leftover = re.compile(r"TODO|FIXME|待补充|待核实|XXX|\?\?|�|\{|\}")
    for things in (published.guides, published.faq, published.facilities, published.scenarios, published.topics):
        for id_, thing in things.items():
            assert not leftover.search("\n".join(_texts(thing.model_dump()))), id_


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
def test_codes_names_departments_and_applicants_are_those_of_the_catalogue(published: Published) -> None:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == sorted(published.guides)
    departments = {d.id: d.name for d in published.hall.departments}
    for guide in each(published):
        row = rows[guide.code]
        department = SHARED_COUNTER.get(row["department"], row["department"])
        assert guide.department and (guide.name, departments[guide.department]) == (row["name"], department)
        if row["applicant"] in APPLICANTS:
            assert guide.applicant is APPLICANTS[row["applicant"]], guide.code


# FAQ entries, scenarios, topics.


def test_owners_and_items_of_faq_entries_exist(published: Published) -> None:
    owners = {d.id for d in published.hall.departments} | {published.hall.name}
    for entry in published.faq.values():
        assert entry.owner in owners, entry.id
        assert set(entry.items) <= published.guides.keys(), entry.id


def test_reviewed_faq_entries_name_a_source_or_an_item_or_are_of_the_hall_itself(published: Published) -> None:
    reviewed = [entry for entry in published.faq.values() if entry.review is ReviewState.REVIEWED]
    assert len(reviewed) >= 100
    bare = [entry for entry in reviewed if not entry.sources and not entry.items]
    assert {entry.owner for entry in bare} <= {published.hall.name}


def test_there_are_topics_enough_and_each_can_be_reached(published: Published) -> None:
    assert len(published.topics) >= 25
    assert [t.id for t in published.topics.values() if not t.telephone and len(t.path) < 15] == []


def ways(scenario: Scenario, taken: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Stand]]:
    """Every way to an end, and how it stands there."""
    stand = scenarios.walk(scenario, taken)
    assert stand is not None
    if stand.question is None:
        yield taken, stand
    for branch in stand.question.branches if stand.question else ():
        yield from ways(scenario, (*taken, branch.title))


def test_items_of_scenarios_exist_and_every_way_leads_to_one(published: Published) -> None:
    for scenario in published.scenarios.values():
        for taken, stand in ways(scenario):
            assert stand.items, (scenario.id, taken)
            assert set(stand.items) <= published.guides.keys(), (scenario.id, taken)


def test_branches_of_a_question_are_told_apart_by_number_title_and_words(published: Published) -> None:
    for scenario in published.scenarios.values():
        for key, question in scenario.questions.items():
            said = [normalise(word) for branch in question.branches for word in {branch.title, *branch.words}]
            assert [word for word, times in Counter(said).items() if times > 1] == [], (scenario.id, key)
            for branch in question.branches:
                for answer in (branch.title, *branch.words):
                    assert scenarios.choose(question, normalise(answer)) is branch, (scenario.id, key, answer)


def test_rooms_and_services_of_the_hall_are_many(published: Published) -> None:
    assert len(published.facilities) >= 30
    assert {f.computed for f in published.facilities.values()} >= set(Computed)

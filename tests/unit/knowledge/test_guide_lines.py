"""The lines in which the fields of a guide are read: word for word, in their frame, in order."""

from knowledge.answer import Writer
from knowledge.model import Disclosure, Guide
from tests.unit.helpers import four_guides, guest_guide, labels, make_guide, make_hall

DEFERRABLE = {
    "name": "授权委托书", "kind": "deferrable", "form": "original_and_copy", "count": 2, "issuer": "委托人",
    "required_if": "由他人代办时", "note": "要写明权限。", "defer_days": 5,
}  # fmt: skip
MAIN = {"name": "居民户口簿", "kind": "main", "form": "original", "issuer": "公安机关"}
WRITER = Writer(make_hall(), labels(), four_guides())


def lines(guide: Guide, disclosure: str) -> list[str]:
    (field,) = WRITER.answer(guide, [Disclosure(disclosure)]).fields
    return field.text.splitlines()


def test_materials_say_name_form_count_kind_and_issuer() -> None:
    assert lines(make_guide(materials=[MAIN, DEFERRABLE]), "materials") == [
        "1. 居民户口簿（原件1份，主要材料，来源：公安机关）",
        "2. 授权委托书（原件和复印件2份，可容缺材料，来源：委托人）",
        "　　需要的情形：由他人代办时",
        "　　可以先受理，5个工作日内补交；需要您书面承诺，逾期不补交的不予办理。",
        "　　说明：要写明权限。",
    ]


def test_a_material_of_another_platform_says_what_is_known() -> None:
    assert lines(make_guide(materials=[{"name": "申请书"}]), "materials") == ["1. 申请书（主要材料）"]
    assert lines(make_guide(materials=[{"name": "申请书", "issuer": "本人"}]), "materials") == [
        "1. 申请书（主要材料，来源：本人）"
    ]


def test_forms_and_commitments_follow_the_materials() -> None:
    sample = [{"label": "原因", "value": "丢失"}, {"label": "姓名", "value": "张三"}]
    forms = [
        {"name": "申领登记表", "obtain": "窗口领取。", "sample": sample},
        {"name": "承诺书", "obtain": "网上下载。"},
    ]
    commitments = [{"replaces": "亲属关系证明", "promise": "所述属实。", "if_false": "撤销登记。"}]
    assert lines(make_guide(materials=[MAIN], forms=forms, commitments=commitments), "materials")[1:] == [
        "可以书面承诺代替：亲属关系证明。承诺内容：所述属实。 不实承诺的后果：撤销登记。",
        "表格：《申领登记表》，窗口领取。",
        "　　填写示范：原因：丢失；姓名：张三",
        "表格：《承诺书》，网上下载。",
    ]


def test_fees_are_word_for_word_with_basis_and_local_mark() -> None:
    fees = {"charged": True, "amount_yuan": 40, "text": "每证工本费40元。", "basis": "发改价格〔2003〕2322号"}
    assert lines(make_guide(fees=fees), "fees") == ["每证工本费40元。", "收费依据：发改价格〔2003〕2322号"]
    local = {"charged": False, "text": "不收费。", "local": True}
    assert lines(make_guide(fees=local), "fees") == ["不收费。", "以上为本大厅的标准。"]


def test_the_promised_limit_is_marked_as_local_only_when_it_is() -> None:
    limit = {"statutory": "60日", "promised": "20个工作日"}
    assert lines(make_guide(time_limit=limit), "time_limit") == ["法定时限：60日", "承诺时限：20个工作日（本大厅）"]
    spot = {**limit, "local": False, "on_the_spot": True, "note": "节假日顺延。"}
    assert lines(make_guide(time_limit=spot), "time_limit") == [
        "法定时限：60日", "承诺时限：20个工作日", "材料齐全的，可以当场办结。", "说明：节假日顺延。",
    ]  # fmt: skip


def test_the_location_says_hall_address_floor_zone_window_and_telephone() -> None:
    place = {"windows": ["A01", "A02"], "online": "政务服务网", "link": "https://example.org/a", "note": "走二号门。"}
    assert lines(make_guide(location=place), "location") == [
        "示范大厅1楼A区（公安区）A01号身份证窗口，地址：中心大道1号",
        "示范大厅1楼A区（公安区）A02号户籍窗口，地址：中心大道1号",
        "网上办理：政务服务网",
        "网址：https://example.org/a",
        "说明：走二号门。",
        "咨询电话：公安局0000-10000001",
    ]


def test_places_outside_the_hall_say_what_is_known_of_them() -> None:
    places = [
        {"authority": "城东派出所", "address": "东路1号", "telephone": "0000-1", "note": "周六照常。"},
        {"authority": "城西派出所", "telephone": "0000-2"},
    ]
    guide = guest_guide(location={"elsewhere": places}, authority={"name": "水务局", "telephone": "0000-3"})
    assert lines(guide, "location") == [
        "其他办理地点：城东派出所，地址：东路1号，电话：0000-1，周六照常。",
        "其他办理地点：城西派出所，电话：0000-2",
        "咨询电话：水务局0000-3",
    ]


def test_a_place_of_which_nothing_but_the_name_is_known() -> None:
    guide = guest_guide(location={"elsewhere": [{"authority": "城东派出所"}]})
    assert lines(guide, "location") == ["其他办理地点：城东派出所"]


def test_legal_basis_puts_book_title_marks_just_once() -> None:
    bases = [
        {"law": "中华人民共和国居民身份证法", "article": "第十一条", "gist": "丢失的，应当申请补领。"},
        {"law": "《居民身份证法》", "article": "第三条"},
        {"law": "《居民身份证法》", "gist": "应当申领。"},
        {"law": "中华人民共和国户口登记条例"},
    ]
    assert lines(make_guide(legal_basis=bases), "legal_basis") == [
        "《中华人民共和国居民身份证法》第十一条：丢失的，应当申请补领。",
        "《居民身份证法》第三条",
        "《居民身份证法》：应当申领。",
        "《中华人民共和国户口登记条例》",
    ]


def test_conditions_are_numbered_and_refusals_follow() -> None:
    guide = make_guide(conditions=["年满十六周岁。", "本人到场。"], refusal_reasons=["材料不齐。", "不属于本市。"])
    assert lines(guide, "conditions") == [
        "1. 年满十六周岁。", "2. 本人到场。", "有下列情形的，不予受理或者不予办理：", "· 材料不齐。", "· 不属于本市。",
    ]  # fmt: skip


def test_steps_are_numbered_and_results_and_other_items_follow() -> None:
    steps = [{"name": "申请", "text": "到窗口申请。"}, {"name": "领证", "text": "凭回执领证。"}]
    guide = make_guide(
        procedure=steps, results=["居民身份证", "回执"], preceding=["RS-002"], following=["GA-008", "GA-999"],
        related=["GJ-002", "RS-002"],
    )  # fmt: skip
    assert lines(guide, "procedure") == [
        "1. 申请：到窗口申请。",
        "2. 领证：凭回执领证。",
        "办理结果：居民身份证、回执",
        "办理之前一般先办：社会保障卡补领",
        "办好之后一般接着办：普通护照换发",
        "可能还需要：住房公积金提取、社会保障卡补领",
    ]


def test_other_items_that_are_not_published_are_not_named() -> None:
    guide = make_guide(following=["GA-999"], related=["GA-998"])
    assert lines(guide, "procedure") == ["1. 申请：到窗口申请。"]


def test_the_name_comes_with_its_aliases() -> None:
    assert lines(make_guide(), "name") == ["居民身份证遗失补领", "也叫：身份证挂失补领"]
    assert lines(make_guide(aliases=[]), "name") == ["居民身份证遗失补领"]

"""QTI items of the versions 2 and 3 come in as what they say, or are refused with the reason."""

from __future__ import annotations

import pytest
from graded_answers import outcomes

from tutor.assessment.exchange import parse_items
from tutor.assessment.items import ItemKind
from tutor.assessment.qti import from_qti
from tutor.domain import BLANK, Outcome
from tutor.errors import InputRefused

ITEM = (
    '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" {attributes}>'
    '<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{base}">{key}</responseDeclaration>'
    '<outcomeDeclaration identifier="SCORE"><defaultValue><value>0</value></defaultValue></outcomeDeclaration>'
    "<itemBody>{body}</itemBody>{rest}</assessmentItem>"
)
CHOICE = (
    '<choiceInteraction responseIdentifier="R"><prompt>Which?</prompt>'
    '<simpleChoice identifier="A">10<sup>5</sup><feedbackInline outcomeIdentifier="F">Yes</feedbackInline>'
    '</simpleChoice><simpleChoice identifier="B"><p>10<sup>4</sup></p></simpleChoice>'
    '<simpleChoice identifier="C">105</simpleChoice></choiceInteraction>'
)

FIELD = '<p>How many? <textEntryInteraction responseIdentifier="R"/></p>'
EQUAL = '<responseProcessing><equal toleranceMode="{mode}" tolerance="{tolerance}"/></responseProcessing>'


def document(body=CHOICE, *values, cardinality="single", base="identifier", mapping=(), rest="", attributes=""):
    key = "<correctResponse>" + "".join(f"<value>{value}</value>" for value in values) + "</correctResponse>"
    entries = "".join(f'<mapEntry mapKey="{name}" mappedValue="{credit}"/>' for name, credit in mapping)
    key = (key if values else "") + (f"<mapping>{entries}</mapping>" if entries else "")
    return ITEM.format(body=body, key=key, cardinality=cardinality, base=base, rest=rest, attributes=attributes)


def test_a_qti_choice_keeps_its_powers_and_leaves_out_feedback_and_scores():
    item = from_qti(document(f"<p>Look at this.</p>{CHOICE}<rubricBlock>Not shown</rubricBlock>", "A"))
    assert item.prompt == "Look at this. Which?" and item.options == ("10⁵", "10⁴", "105") and item.keys == ("10⁵",)


def test_a_mapping_gives_keys_only_to_what_earns_full_credit():
    item = from_qti(document(CHOICE, mapping=[("A", 1), ("B", 0.5), ("C", -1)]))
    assert item.keys == ("10⁵",)
    text = '<p>It is called <textEntryInteraction responseIdentifier="R"/> today.</p>'
    item = from_qti(document(text, "xylem", base="string", mapping=[("xylem", 2), ("the xylem", 2), ("phloem", 1)]))
    assert (item.kind, item.prompt) == (ItemKind.CLOZE, f"It is called {BLANK} today.")
    assert item.keys == ("xylem", "the xylem")


def test_a_qti_item_with_several_right_choices_wants_them_all():
    item = from_qti(document(CHOICE, "A", "B", cardinality="multiple"))
    assert outcomes(item, "10⁵", "10⁵, 10⁴") == [Outcome.PARTIAL, Outcome.RIGHT]


@pytest.mark.parametrize(
    ("mode", "tolerance", "answers"),
    [("absolute", "0.5 0.5", "12.4 12.6"), ("relative", "10 10", "13.1 13.3"), ("absolute", "0.5 2", "12.4 13")],
)
def test_a_number_of_qti_has_its_tolerance(mode, tolerance, answers):
    item = from_qti(document(FIELD, "12", base="float", rest=EQUAL.format(mode=mode, tolerance=tolerance)))
    assert (item.kind, item.prompt) == (ItemKind.NUMBER, "How many?")
    assert outcomes(item, *answers.split()) == [Outcome.RIGHT, Outcome.WRONG]


def test_a_choice_inside_a_sentence_is_a_choice_with_a_gap():
    body = (
        '<p>Plants give off <inlineChoiceInteraction responseIdentifier="R"><inlineChoice identifier="A">oxygen'
        '</inlineChoice><inlineChoice identifier="B">neon</inlineChoice></inlineChoiceInteraction>, mostly by day.</p>'
    )
    item = from_qti("\ufeff<?xml version='1.0' encoding='UTF-8'?>" + document(body, "A"))
    assert (item.kind, item.prompt) == (ItemKind.CHOICE, f"Plants give off {BLANK}, mostly by day.")
    assert (item.keys, item.options) == (("oxygen",), ("oxygen", "neon"))


def test_values_that_are_wanted_together_are_a_set_or_a_list():
    body = '<p>Name them.</p><extendedTextInteraction responseIdentifier="R"/>'
    kinds = [from_qti(document(body, "a", "b", cardinality=one, base="string")).kind for one in ("multiple", "ordered")]
    assert kinds == [ItemKind.SET, ItemKind.LIST]


def test_qti_3_is_read_by_its_own_names():
    text = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i">
    <qti-response-declaration identifier="R" cardinality="ordered" base-type="identifier"><qti-correct-response>
    <qti-value>B</qti-value><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>
    <qti-item-body><qti-order-interaction response-identifier="R"><qti-prompt>Order them.</qti-prompt>
    <qti-simple-choice identifier="A">late</qti-simple-choice>
    <qti-simple-choice identifier="B">early</qti-simple-choice>
    </qti-order-interaction></qti-item-body></qti-assessment-item>"""
    (item,), refused = parse_items(text)
    assert refused == [] and (item.kind, item.keys, item.options) == (
        ItemKind.ORDERING,
        ("early", "late"),
        ("late", "early"),
    )


@pytest.mark.parametrize(
    "text",
    [
        document(
            '<p><textEntryInteraction responseIdentifier="R"/><textEntryInteraction responseIdentifier="Q"/></p>', "a"
        ),
        document('<matchInteraction responseIdentifier="R"/>', "A B", cardinality="multiple", base="directedPair"),
        document('<hotspotInteraction responseIdentifier="R"><object data="x.png"/></hotspotInteraction>', "A"),
        document(f'<p><img src="x.png" alt="a map"/></p>{CHOICE}', "A"),
        document(CHOICE),
        document(CHOICE, "Z"),
        document(CHOICE, mapping=[("A", 0), ("B", -1)]),
        document(CHOICE, "A", attributes='adaptive="true"'),
        document(CHOICE, "A", rest="<templateProcessing/>"),
        document(CHOICE.replace('responseIdentifier="R"', 'responseIdentifier="OTHER"'), "A"),
        document(FIELD, "12", base="float", rest=EQUAL.format(mode="relative", tolerance="1e999 1e999")),
        document(FIELD, "12", base="float", rest=EQUAL.format(mode="relative", tolerance="-5 5")),
        document("<p>" * 90 + CHOICE + "</p>" * 90, "A"),
        "<questestinterop/>",
    ],
)
def test_a_qti_item_that_is_not_understood_is_refused_with_the_reason(text):
    with pytest.raises(InputRefused) as refusal:
        from_qti(text)
    assert str(refusal.value) and refusal.value.key

"""A statement that shares the words of its source is refused where the source says otherwise."""

from __future__ import annotations

import pytest

from tutor.answers.support_check import Fault, find_fault

SIDES = "Weathering breaks rock down in its place, whereas erosion carries rock off in water."


@pytest.mark.parametrize(
    ("claim", "source", "fault"),
    [
        ("The superficial vein drains the skin.", "The deep vein drains the skin and the muscle.", Fault.OPPOSITE),
        ("The ectoderm forms the gut.", "The endoderm forms the lining of the gut.", Fault.OPPOSITE),
        ("Positive feedback keeps warmth steady.", "Negative feedback keeps warmth steady.", Fault.OPPOSITE),
        ("The peripheral nervous system is the brain.", "The central nervous system is the brain.", Fault.OPPOSITE),
        ("Melting increases with height.", "Melting decreases with height.", Fault.OPPOSITE),
        ("Ice is absorbed by rock.", "Water that is not absorbed by rock runs off.", Fault.NEGATION),
        ("Ice does not float on water.", "Ice floats on water.", Fault.NEGATION),
        ("Foxes eat hares.", "Hares eat foxes.", Fault.ROLES),
        (
            "Snow reflects red light more strongly than blue light.",
            "Snow reflects blue light more strongly than red light at night.",
            Fault.ROLES,
        ),
        ("The ice is 40 metres thick.", "The ice is 400 metres thick.", Fault.NUMBER),
        ("400 divided by 8 is 40.", "The ice is 400 metres thick, 8 times a house.", Fault.NUMBER),
        (
            "It takes 9 grams and 8 litres.",
            "$$3\\,\\mathrm{kg} + 9\\,\\mathrm{grams} + 6\\,\\mathrm{litres} \\to 8$$",
            Fault.NUMBER,
        ),
        ("Erosion breaks rock down in its place.", SIDES, Fault.CONTRAST),
        ("Yes, ice cures colds.", "Some people still think that ice cures colds.", Fault.REPORTED),
        ("Ice cures colds.", "The paper that said that ice cures colds was retracted.", Fault.REPORTED),
        ("冰能治感冒。", "有些人仍认为冰能治感冒。", Fault.REPORTED),
        ("模型过大时会欠拟合。", "模型过大时会过拟合。", Fault.OPPOSITE),
        ("冰川不会移动。", "冰川移动得很慢。", Fault.NEGATION),
    ],
)
def test_what_the_source_contradicts_is_named(claim: str, source: str, fault: Fault):
    assert find_fault(claim, source) is fault


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Erosion carries rock off in water.", SIDES),
        ("400 divided by 8 is 50.", "The ice is 400 metres thick, 8 times a house."),
        ("The factor is 1 divided by 0.2, which is equal to 5.", "The factor is 1 over the share, here 20%."),
        ("400 除以 8 等于 50。", "冰厚 400 米，是房子的 8 倍。"),
        ("Weathering breaks rock down, whereas erosion carries it off.", SIDES),
        ("Water runs off.", "Water that is not absorbed by rock runs off."),
        ("Foxes eat hares in winter.", "Hares are eaten by foxes in winter."),
        # Regressions: a paraphrase that moves words was taken for one that swaps who does what to whom.
        ("To measure the depth of the ice, you use a radar.", "A radar is used to measure the depth of the ice."),
        (
            "Ada Reyes mapped the ice, and she worked at a Swiss institute from 1902.",
            "In 1902, Ada Reyes, who mapped the ice, started working at a Swiss institute.",
        ),
        ("A party has 7 members.", "A party has 7 ± 2 members, a large one 9 to 12 members."),
        ("A large party has 9 members.", "A party has 7 ± 2 members, a large one 9 to 12 members."),
        ("The ice is 1,200 metres thick.", "It is 1200 metres thick."),
        ("Melting decreases with height.", "With height melting decreases, and snowfall increases."),
        ("冰川移动得很慢。", "冰川移动得很慢，每年不到一米。"),
        ("Many people believe that ice cures colds.", "Some people still think that ice cures colds."),
    ],
)
def test_what_the_source_says_passes(claim: str, source: str):
    assert find_fault(claim, source) is None


def test_a_number_of_the_question_may_be_repeated():
    assert (
        find_fault("At 20 degrees ice melts.", "Ice melts in warm air.", context="Does ice melt at 20 degrees?") is None
    )

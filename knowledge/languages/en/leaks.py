"""English ways to give an answer away in a reply, and the words that show how a number is used.

Pattern fragments, matched without regard to case. The fitted leak model depends on those around a number: refit it
after a change, as `tutor/pedagogy/leak_model.md` says.
"""

# before a number: it is stated, equated, negated
STATES_VALUE = (
    r"\b(?:is|are|was|be|equals?|equal to|gives?|give us|gets?|got|makes?|means?|leaves?|leaving|giving|have|has"
    r"|left|answer|total(?:s|ed)?(?: to| of)?|actually|simply|just|only|exactly|to|at|of|or|as|do|did|by)"
)
EQUATES = r"\bequals?(?: to)?|\bis|\bgives?(?: us| you)?|\bget|\bgot|\bbe|\bare|\bmakes"
NEGATES = r"\bnot|n't|\binstead of|\brather than|\bno longer|\bis incorrect"
LEADING_QUESTION = r"(?:would|should|could|does|is|are|do|did|wo)n't"
# around a number: it is an operand
OPERATOR_AFTER = r"times\b|plus\b|minus\b|divided\b|multiplied\b|groups? of\b|percent of\b"
OPERATOR_BEFORE = r"\b(?:times|plus|minus|by|and|from|groups of|than)\s+"
COUNTED_AFTER_ONE = r"\s+(?:times?|hours?|days?|group)\b"  # "one" is a number there and no pronoun
# in the whole reply; the names are those of the model's features
CUES = {
    "actually": r"\bactually\b",
    "answer_is": r"\b(?:the|correct|right|final) (?:\w+ )?(?:answer|result|value|total|product|sum|difference|quotient)"
    r" (?:is|should be|would be|equals)\b",
    "so_total": r"\b(?:so|therefore|thus|hence|which (?:is|gives|means|equals|makes)|giving|in total|leaving)\b",
    "try": r"\b(?:try|can you|could you|what do you|how (?:many|much|did|would)|"
    r"what (?:is|would|happens|do))\b",
    "next": r"\b(?:another (?:one|problem|question|example)|next (?:problem|question)|keep (?:up|practicing))\b",
    "should": r"\b(?:should|would|must|needs? to) be\b",
    "called": r"\b(?:called|known as|named|spelled|stands for|means)\b",
    "praise": r"\b(?:great job|correct|exactly|that's right|well done|excellent|you got it|absolutely right)\b",
    "remember": r"\b(?:remember|think about|consider|look at|check|notice)\b",
}
STOP_WORDS = (
    "a an the and or but of to in on at is are was were be it its this that these those you your we our us i me my he "
    "she they them his her their for with as by from so if then than not no yes do does did can could will would "
    "should let let's lets what which who how when where why there here have has had one all any some more most just "
    "also very about"
)

# an answer in words
STATES_WORD = r"\b(?:is|are|called|named|answer|it's|it is|known as|means?|namely|so|say|write)\b"
STARTS_WITH = r"\b(?:starts?|begins?) with (?:the letters? )?"
ENDS_WITH = r"\b(?:ends?|finish(?:es)?) (?:with|in) (?:the letters? )?"
RHYMES = r"\brhymes? with\b"
KEY_STOP_WORDS = "a an the of in on to and or is are be it its"
JOINS_LETTERS = r"\b(?:and|then|plus|followed by)\b"
SPELLS = r"\b(?:starts?|begins?) with\b.*\bends?\b|\bspell"

# a number without writing it
BETWEEN = r"\bbetween\b"
LISTS_DIGITS = r"\b(?:digits?|followed by|then a|spelled)\b"
PLUS, MINUS, TIMES, DIVIDED_BY = r"plus\b", r"minus\b", r"times\b", "divided by"
COMPARISONS = (
    r"{a}\s+(?P<plus>more than|after|greater than)\s+{b}",
    r"{a}\s+(?P<less>less than|fewer than|before)\s+{b}",
)  # of two numbers; "less" is b - a
HALF_OF = r"\bhalf of "
DOUBLE = r"\b(?:double|twice) "
ROOT_OF = r"\b(?:square )?root of "
SQUARED = r" squared\b"

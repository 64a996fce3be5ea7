"""English course text that questions are made from: its sentences, definitions, numbers and steps."""

SENTENCE = r"[^.!?\n]+(?:\.(?=[\w)])[^.!?\n]*)*[.!?]+(?=\s|$)"
COMMA, SEMICOLON, COLON = ",", ";", ":"
NOT_PLAIN = r"[`{}<>|\\=\[\]]|Ex:"  # code, formulas and markup
# Sentences that lean on the one before them: by their first word, or by how they begin.
DEICTIC = """
    this that these those it they he she we you i there here such one another other both each some many most its
    their example examples figure table code program answer question following above below goal purpose result output
    first second last next reason problem idea way thing every all any no
"""
DEPENDENT_START = r"(?i:(?:however|therefore|thus|also|then|but|so|and|or|in this|as a result)\b)"

_TERM = r"(?P<term>[A-Za-z][\w-]*(?: [a-z][\w-]*){0,3}?)"
# A whole sentence without its full stop, with the term and what is said about it.
DEFINITIONS = (
    rf"^(?:An?|The) {_TERM} (?:is|are) (?P<body>(?:an?|the|one|any) .{{15,}})$",
    rf"^{_TERM} (?:is|are) (?P<body>(?:an?|the (?:process|ability|study|act|amount|number)) .{{12,}})$",
    rf"^(?:(?:An?|The) )?{_TERM} (?:refers to|describes|denotes|means|consists of) (?P<body>.{{15,}})$",
    rf"^(?P<body>.{{20,}}?),? (?:is|are) (?:called|known as|termed|referred to as) (?:an? |the )?{_TERM}$",
)
NOT_A_SUBJECT = r"\S*ing(?:\s|$)"  # how a sentence begins that defines nothing
NOT_A_BODY = r"(?i:\b(?:chapter|section|figure|table|this|these|book|above|below|following|example)\b)"
PREPOSITIONS = "in on at by with from under over into"  # "a leaf in the sun" is not a term
VERBS_AND_CONJUNCTIONS = "is are was were be has have can will may must does do not and or but if when while"
POINTING_WORDS = "below above here there following next"  # "the loop below"
ADVERB_ENDING = "ly"

EXERCISE_HEADING = r"\bexercises?\b|\b(?:review )?questions\b|\bproblems\b"
NUMBERED_THINGS = "chapter|section|figure|table|page|step|example"  # their number says nothing about the subject
STEP_LABEL = r"step \d{1,2}[:.]"
EQUATION_EXERCISE = r"(?:^|\n)\s*\d{1,2}[.)]\s+(?P<text>Solve [^\n?]{5,90}?[.\n])"
# After a description, other names of what it describes.
OTHER_NAME = r"(?:also|sometimes|often|commonly)(?: (?:called|known as|referred to as|termed|abbreviated))\b"
# How a description begins that is of a quality and not of a thing.
DESCRIBES_A_QUALITY = (
    r"describ(?:es|ing|ed)\b|able to|(?:refers|referring|relating|related|pertaining) to|having\b|capable of"
    r"|characteri[sz]ed|located|occurring|of or\b|toward|away from|on (?:both|the)\b"
)

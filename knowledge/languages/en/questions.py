"""English questions: follow-ups, words that point back, what asks without naming a subject."""

ANAPHORA = (
    r"\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|there|such|same|one|ones|former|latter"
    r"|the (?:first|second|last|other))\b"
)
# Points back whatever else is asked: "so which of the two needs energy?"
POINTS_BACK = (
    r"\b(?:which|what|who|one|each|neither|either) of (?:the|these|those) (?:two|three|four|both)\b"
    r"|\bwhich of (?:them|these|those)\b|\bthe (?:former|latter|first one|second one|other one)\b"
    r"|^\W*(?:so |and |but )?(?:do|does|are|is|have|can|did|were) (?:both|either|neither)\b"
)
FOLLOW_UP = r"(?:and|but|so|then|ok(?:ay)?|what about|how about|what else|more|again|really)\b"
BARE_FOLLOW_UP = r"(?:why|how so|how come)\b"  # a follow-up when little comes behind it
# Stems of words that ask: "please explain osmosis" asks about osmosis.
REQUEST_STEMS = """
    exampl explain mean pleas give show tell more understand detail again differ simpl word say reason step easier kind
"""

_AUXILIARIES = "is|are|was|were|did|does|do|has|have|had|can|could|will|would"
# A question for one thing, cut where its answer goes.
WH_QUESTION = (
    r"^(?P<lead>.*?)\b(?P<wh>who|whom|what|which|where|when|how (?:many|much|long|old|far|often)|in (?:what|which))\b"
    rf"(?P<noun>(?: (?!(?:{_AUXILIARIES})\b)\w+){{0,2}})(?: (?P<aux>{_AUXILIARIES}))?\b(?P<rest>.*)$"
)
PERSON_WORDS = "who whom"  # a noun after these belongs to the rest of the question
DO_AUXILIARIES = "did does do"  # dropped from the statement

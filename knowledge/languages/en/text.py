"""English text: sentences, words that carry no content, negation, numbers."""

FULL_STOP = "."
QUESTION_MARK = "?"
EXCLAMATION_MARK = "!"
SENTENCE_ENDS = ".!?"
CLAUSE_ENDS = ";:"
COMMAS = ","
CLOSING_MARKS = "\"'”’)]"
# A full stop after one of these does not end a sentence.
ABBREVIATIONS = """
    Mr Mrs Ms Dr Prof St Sr Jr vs etc Fig Figs Eq Eqs Sec Ch No Nos Vol vol p pp ed eds cf ca approx resp Inc Ltd Co al
    i.e e.g U.S a.m p.m
"""

STEMMER = "english"  # the name of Snowball's algorithm
STOP_WORDS = """
    a about after all also am an and any are as at be because been before being between both but by can could did
    do does doing during each for from further had has have having he her here hers him his how i if in into is it
    its itself just me might more most must my no nor not now of off on once only or other our out over own s same
    shall she should so some such t than that the their them then there these they this those through to too under
    until up us very was we were what when where which while who whom whose why will with would you your
"""

NEGATION = r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n't\b"
NUMBER_WORDS = {word: str(n) for n, word in enumerate("two three four five six seven eight nine ten".split(), start=2)}

TESSERACT = "eng"  # the name of Tesseract's model

# Sentences that every language translates in this order: an embedder reads a language whose sentences lie nearest to
# their English translations.
TRANSLATION_PROBE = (
    "What do plants take from the air?",
    "How is the slope of a line defined?",
    "Who wrote this novel?",
    "The heart pumps blood through the body.",
    "Prices rise when money loses value.",
    "A sorted list can be searched faster.",
)

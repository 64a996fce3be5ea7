"""English answers: true and false, hedges, negation, opposites, and the words around a number."""

FREE_TEXT_IS_GRADED = True  # the fitted model reads this language

TRUE_WORDS = "true t yes y right correct"
FALSE_WORDS = "false f no n wrong incorrect"
YES, NO = "yes", "no"  # that open an answer
HEDGES = r"i (?:think|say|guess|believe)|maybe|probably|definitely|it is|it's|that is|that's|the answer is|answer:?"
GIVING_UP = r"(?:i )?(?:do not|don'?t|dont) (?:know|understand|remember)\W*(?:it|this|the answer)?|idk|dunno|no idea"

OPTION_WORDS = "option|answer|choice"  # before its letter or number
ELEMENT_SEPARATORS = r"[,;]|\band\b|&"
LIST_CONJUNCTIONS = "and|or"
ARTICLES = "the|an?|both"
CONTENT_FUNCTION_WORDS = "not no"  # stop words that an element keeps

NUMBER_LEAD_IN = (
    "the|my|so|it|answer|result|is|was|equals|about|approximately|roughly|i|get|got|think|ans|approx|ca|circa|ph"
)
SOLUTION_SEPARATORS = r"\bor\b|\band\b"
MINUS = r"(?:minus|negative)\s+(?=[\w½¼¾])"
# Words after a number that do not name what is counted: "12 is wrong", "5 million".
NOT_COUNTED_WORDS = """
    wrong incorrect right correct true false ignore previous instructions mark grade answer maximum minimum
    max min squared cubed dozen score trillion percent times double triple half th st nd rd approximately
    roughly about almost nearly around minus plus divided power upwards else
"""

NEGATIONS = """
    not no never none nothing neither nor without cannot cant can't dont don't doesnt doesn't didnt didn't isnt isn't
    arent aren't wasnt wasn't werent weren't wont won't wouldnt wouldn't couldnt couldn't hasnt hasn't havent haven't
"""
DENIALS = "false untrue wrong incorrect opposite contrary lie myth mistaken disagree reverse"
NEGATING_PREFIXES = "un in im il ir dis non anti a de mis"
OPPOSITES = """
    more/less more/fewer high/low higher/lower highest/lowest increase/decrease
    increases/decreases increased/decreased
    rise/fall rises/falls grow/shrink large/small larger/smaller big/little bigger/smaller long/short longer/shorter
    fast/slow faster/slower quick/slow hot/cold warm/cool warmer/cooler hard/soft harder/softer heavy/light
    heavier/lighter thick/thin same/different open/closed on/off positive/negative up/down above/below before/after
    inside/outside in/out left/right first/last start/end begin/end all/none always/never many/few most/least
    maximum/minimum best/worst strong/weak stronger/weaker loud/quiet wet/dry full/empty early/late near/far
    nearer/farther closer/farther push/pull attract/repel absorb/release gain/lose live/dead male/female true/false
    acid/base parent/offspring predator/prey solid/liquid gas/solid liquid/gas hyper/hypo afferent/efferent
    endo/exo intra/inter macro/micro ab/ad connected/disconnected complete/incomplete series/parallel
    odd/even horizontal/vertical input/output import/export mutable/immutable stack/queue push/pop lit/unlit
    north/south east/west with/without add/subtract multiply/divide numerator/denominator cause/effect
"""
# Prefixes that contrast on one stem (hypertension, hypotension); the first pair that fits decides.
OPPOSITE_PREFIXES = """
    hyper/hypo endo/exo intra/inter macro/micro af/ef mi/mei pro/anti pre/post over/under sub/super
    ecto/endo homo/hetero mono/poly uni/multi ana/cata abs/ads ab/ad in/ex im/ex
"""
# Different words that look like one word and its misspelling.
CONFUSABLE_PAIRS = """
    casual/causal casually/causally martial/marital discrete/discreet discretely/discreetly untied/united
    unties/unites silver/sliver barley/barely scared/sacred signed/singed perfect/prefect perform/preform
    performed/preformed pervious/previous precept/percept complied/compiled complies/compiles scaring/scarring
    staring/starring planning/planing phosphorus/phosphorous parental/prenatal exercise/exorcise
"""

PHRASE_CONJUNCTIONS = "and|or|but|while|because|so that|rather than|as well as"
UNINFORMATIVE_WORDS = "include includes define defines use used called one"  # at the ends of a phrase

"""What two short texts say differently in words: stems, negation, numbers, opposites and look-alikes.

Lexical reading only; no vectors and no verdicts.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from fractions import Fraction

import Stemmer

from knowledge.lexical import STOP_WORDS
from tutor.maths.numbers import read_numbers

_WORD = re.compile(r"[A-Za-z0-9]+(?:'[a-z]+)?|[㐀-鿿]")
NEGATIONS = frozenset(
    "not no never none nothing neither nor without cannot cant can't dont don't doesnt doesn't didnt didn't isnt isn't "
    "arent aren't wasnt wasn't werent weren't wont won't wouldnt wouldn't couldnt couldn't hasnt hasn't havent haven't "
    "不 没 无 非 未".split()
)
_NEGATING_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "anti", "a", "de", "mis")
_OPPOSITES = (
    "more/less more/fewer high/low higher/lower highest/lowest increase/decrease "
    "increases/decreases increased/decreased "
    "rise/fall rises/falls grow/shrink large/small larger/smaller big/little bigger/smaller long/short longer/shorter "
    "fast/slow faster/slower quick/slow hot/cold warm/cool warmer/cooler hard/soft harder/softer heavy/light "
    "heavier/lighter thick/thin same/different open/closed on/off positive/negative up/down above/below before/after "
    "inside/outside in/out left/right first/last start/end begin/end all/none always/never many/few most/least "
    "maximum/minimum best/worst strong/weak stronger/weaker loud/quiet wet/dry full/empty early/late near/far "
    "nearer/farther closer/farther push/pull attract/repel absorb/release gain/lose live/dead male/female true/false "
    "acid/base parent/offspring predator/prey solid/liquid gas/solid liquid/gas hyper/hypo afferent/efferent "
    "endo/exo intra/inter macro/micro ab/ad connected/disconnected complete/incomplete series/parallel "
    "odd/even horizontal/vertical input/output import/export mutable/immutable stack/queue push/pop lit/unlit "
    "north/south east/west with/without add/subtract multiply/divide numerator/denominator cause/effect"
)
OPPOSITES: dict[str, frozenset[str]] = {}
for _pair in _OPPOSITES.split():
    for _one, _two in (_pair.split("/"), _pair.split("/")[::-1]):
        OPPOSITES[_one] = OPPOSITES.get(_one, frozenset()) | {_two}
_OPPOSITE_PREFIXES = tuple(
    tuple(pair.split("/"))
    for pair in "hyper/hypo endo/exo intra/inter macro/micro af/ef mi/mei pro/anti pre/post over/under sub/super "
    "ecto/endo homo/hetero mono/poly uni/multi ana/cata abs/ads ab/ad in/ex im/ex".split()
)
FUNCTION_WORDS = STOP_WORDS - OPPOSITES.keys()  # "before" and "more" carry the meaning of an answer
_stemmers = threading.local()  # a Snowball stemmer may not be shared between threads


_CONFUSABLE_PAIRS = frozenset(  # that look like one word and its slip
    frozenset(pair.split("/"))
    for pair in "casual/causal casually/causally martial/marital discrete/discreet discretely/discreetly untied/united "
    "unties/unites silver/sliver barley/barely scared/sacred signed/singed perfect/prefect perform/preform "
    "performed/preformed pervious/previous precept/percept complied/compiled complies/compiles scaring/scarring "
    "staring/starring planning/planing phosphorus/phosphorous parental/prenatal exercise/exorcise".split()
)


def stem(word: str) -> str:
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    return str(_stemmers.english.stemWord(word))


def singularize(word: str) -> str:
    """Take a plural's ending off; nothing else."""
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ses", "xes", "ches", "shes")) else word.removesuffix("s")


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """A text as words: in order, content stems, negations and numbers."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]  # of content words, in order
    content_words: tuple[str, ...]  # the content words themselves, one for each stem
    negations: int
    numbers: frozenset[Fraction]

    @property
    def content_stems(self) -> frozenset[str]:
        return frozenset(self.stems)


def tokenize(text: str) -> TokenizedText:
    words = tuple(word.lower() for word in _WORD.findall(text))
    carriers = tuple(w for w in words if w not in FUNCTION_WORDS and w not in NEGATIONS)
    negations = sum(w in NEGATIONS for w in words)
    numbers = frozenset(m.value for m in read_numbers(text) if not m.spelled_out or m.value > 1)
    return TokenizedText(text, words, tuple(stem(w) for w in carriers), carriers, negations, numbers)


def find_opposites(left: TokenizedText, right: TokenizedText) -> frozenset[tuple[str, str]]:
    """Pairs (word of left, its opposite in right) where neither text has both."""
    one, two = set(left.words), set(right.words)
    found = {(a, b) for a in one for b in two if a not in two and b not in one and are_opposites(a, b)}
    return frozenset(found)


def are_opposites(left: str, right: str) -> bool:
    """Listed opposites, one word negated by its prefix, or a contrast of prefixes on one stem (hyper-/hypo-)."""
    if right in OPPOSITES.get(left, ()):
        return True
    if any(left == p + right or right == p + left for p in _NEGATING_PREFIXES if min(len(left), len(right)) >= 4):
        return True
    for a, b in _OPPOSITE_PREFIXES:
        for one, two in ((a, b), (b, a)):
            if left.startswith(one) and right.startswith(two) and left[len(one) :] == right[len(two) :] != "":
                return len(left) - len(one) >= 4
    return False


def is_typo(left: str, right: str) -> bool:
    """One slip of the keyboard in a long word: two letters swapped, one doubled or one left out.

    A changed letter is no slip: ethane and ethene, phosphate and phosphite are different things.
    """
    if min(len(left), len(right)) < 6 or left[0] != right[0] or are_opposites(left, right):
        return False
    if frozenset((left, right)) in _CONFUSABLE_PAIRS:
        return False
    a, b = _differing_tails(left, right)
    swapped = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    dropped = max(len(left), len(right)) >= 8 and (a[1:] == b or a == b[1:])
    return swapped or dropped


def is_near_miss(left: str, right: str) -> bool:
    """One letter changed, added or left out: perhaps a slip, perhaps another term."""
    a, b = _differing_tails(left, right)
    return left != right and min(len(left), len(right)) >= 5 and (a[1:] == b[1:] or a[1:] == b or a == b[1:])


def _differing_tails(left: str, right: str) -> tuple[str, str]:
    head = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return left[head:], right[head:]

"""Whether two questions ask the same thing: strict rules over their words, in English and Chinese. Pure.

The same kind of question (why, where, how many ...), the same numbers and "not", and the same words that carry
content, in the same order where order matters. A near miss ("first law" for "second law") is another question: an
answer shown for it would be wrong, while a paraphrase that is not recognised only costs a verified answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.lexical import tokenize, unspaced_share

_LETTERS = re.compile(r"[^\W_]+")
Rules = tuple[tuple[str, re.Pattern[str]], ...]


def _rules(*pairs: tuple[str, str]) -> Rules:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in pairs)


_ROLE = r"\b(?:role|function|purpose)s?\b"
# Other ways to ask what something is.
_CANONICAL_FORMS = _rules(
    (r"\1", r"^\W*(?:please|can you|could you|would you)\W+(.*)$"),
    (
        r"\1",
        r"^\W*(?:explain|describe|tell me|show me|say)\b(?: to me)?\W*((?:what|why|how|where|when|who|which)\b.*)$",
    ),
    (
        r"what is \1",
        r"^\W*(?:explain|describe|define|state|name|tell me|give me|give|find|what's)\b\W*(?:about )?(.*)$",
    ),
    (r"what is \1", r"^\W*what (?:do|does|did) (.*) (?:mean|say|state)\W*$"),
    (r"what is \1", r"^\W*what is meant by (.*)$"),
    (
        r"what is \2 \1",
        rf"^\W*what (?:is|are|was|were)(?!.*{_ROLE}) (?:the )?(?!(?:main )?(?:reason|cause))(.+?) of (?:the )?(.+)$",
    ),
    (r"\2 \1", r"^\W*((?:in|at|during|for|with) [^,]*), (.*)$"),
)
_QUESTION_KINDS = _rules(
    ("role", rf"\bwhat (?:is|are) (?:the )?{_ROLE} (?:of|in)\b|\bwhat {_ROLE} (?:do|does)\b"),
    ("role", r"\bwhat (?:do|does)\b(?=.* do\W*$)|\bwhat (?:is|are)(?=.* for\W*$)"),
    ("happens", r"\bwhat (?:happens?|happened|occurs?|takes? place|is going on)\b"),
    ("why", r"\bwhat (?:is|are) the (?:main )?(?:reason|cause)s? (?:of|for|behind|why)\b|\b(?:for )?what reason\b"),
    ("why", r"\bwhy\b|\bhow come\b|\bwhat (?:makes|causes|lets)\b|\bwhat\b(?=.*\bneed.* for\W*$)"),
    ("how many", r"\bhow (?:many|often)\b"),
    ("how much", r"\bhow much\b"),
    ("how far", r"\bhow (?:long|fast|far|big|large|old|high|tall|deep|heavy|hot|strong|close)\b"),
    ("where", r"\bwhere\b|\b(?:in |at )?(?:what|which) place\b"),
    ("when", r"\bwhen\b|\b(?:in |at )?(?:what|which) (?:year|time)\b"),
    ("who", r"\b(?:by )?who(?:m|se)?\b|\b(?:what|which) (?:person|author)\b"),
    ("how", r"\bhow\b|\b(?:in |is )?what (?:is the )?way\b|\bwhat are the (?:steps|ways) (?:for|to|in)\b"),
    ("whether", r"^\W*(?:do|does|did|is|are|was|were|can|could|has|have|will|would|should)\b"),
    ("what", r"\bwhat\b|\bwhich\b"),
)
_QUESTION_KINDS_ZH = _rules(
    ("why", r"为什么|为何|是?什么(?:让|使)|的?原因是什么"),
    ("role", r"有(?:什么|何)(?:作用|用)|的作用是什么"),
    ("where", r"在?(?:哪里|哪儿|何处|什么地方|什么位置)"),
    ("when", r"在?(?:是?什么时候|何时|是?哪一?年|什么时间)"),
    ("how many", r"是?多少[度个次]?|几[个次种条倍]"),
    ("who", r"是?谁"),
    ("how", r"怎么样?|怎样|如何"),
    ("whether", r"吗|是否|是不是|能不能|会不会"),
    ("what", r"(?:指的?)?是?什么|哪[个些]?"),
)
_STOPWORDS = frozenset("look appear seem abl exact actual realli".split())
_TAKES_PLACE = frozenset("happen occur take place locat found".split())  # left out with where, when and why
_SYNONYMS = {"start": "begin"}
_STOPWORDS_ZH = re.compile(r"请问|请|解释|说明|一下|看起来|呈现?|说的|会|呢|是|的|了|色|在")
_TAKES_PLACE_ZH = re.compile(r"发生|进行")
_ORDER_FREE = re.compile(r"\bdiffer|\bcompar|\band\b|\bor\b|\bbetween\b", re.IGNORECASE)
_MUST_MATCH = re.compile(
    r"\d+(?:[.,]\d+)*|(?<!['’])\b(?:one|two|three|four|five|six|seven|eight|nine|ten|first|second|third|fourth|fifth|last"
    r"|next|same|other|before|after|out|without|above|below|over|under|from|by|more|less|[b-hj-z])\b"
    r"|[一二三四五六七八九十百千前后上下]",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n't\b|不|没有?|无法|并非|未", re.IGNORECASE
)


_ANAPHORA = re.compile(
    r"\b(?:it|its|this|that|these|those|they|them|their|he|him|his|she|her|there|such|former|latter)\b"
    r"|^\W*(?:and|but|so|then|ok(?:ay)?|(?:what|how) about|what else|more|again|really|(?:for |an )?example)\b"
    r"|它|他|她|这|那|此|其|前者|后者|上述|刚才|^\s*(?:所以|然后|还有|再|举|例如|比如|继续)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question as what it asks for."""

    kind: str
    content: tuple[str, ...]  # stems, or Chinese characters, in order; sorted where order does not matter
    must_match: tuple[str, ...]  # numbers, ordinals, names of variables, before and after: never left out
    negated: bool


def is_echo(answer: str, question: str) -> bool:
    """Whether an answer only says the question back."""
    said, asked = ("".join(_LETTERS.findall(text)).casefold() for text in (answer, question))
    return bool(said) and said == asked


def is_same_question(left: str, right: str) -> bool:
    """Return whether two questions ask the same thing; when in doubt they do not."""
    one, two = parse_question(left), parse_question(right)
    return one == two and bool(one.content)


def is_self_contained(question: str) -> bool:
    """Return whether a question says by itself what it asks about, without the conversation before it."""
    return not _ANAPHORA.search(question) and bool(parse_question(question).content)


def parse_question(question: str) -> QuestionForm:
    """Return what a question asks for."""
    chinese = unspaced_share(question) >= 0.3
    text = question if chinese else _canonicalize(" ".join(question.split()))
    kind, rest = _kind(text, _QUESTION_KINDS_ZH if chinese else _QUESTION_KINDS)
    content = _content_zh(kind, rest) if chinese else _content(kind, rest)
    if kind in ("what", "how") and "differ" in content:
        kind = "differ"
    pinned = sorted(word.lower() for word in _MUST_MATCH.findall(rest))
    return QuestionForm(kind, content, tuple(pinned), len(_NEGATION.findall(question)) % 2 == 1)


def _canonicalize(text: str) -> str:
    for replacement, pattern in _CANONICAL_FORMS:
        text = pattern.sub(replacement, text)
    return text


def _kind(text: str, rules: Rules) -> tuple[str, str]:
    """Return the kind of a question, and the question without the words that tell it."""
    for kind, pattern in rules:
        if match := pattern.search(text):
            return kind, text[: match.start()] + " " + text[match.end() :]
    return "what", text


def _content(kind: str, rest: str) -> tuple[str, ...]:
    rest = re.sub(r"\b(?:do|for|play)\W*$", "", rest) if kind in ("role", "why") else rest
    light = _STOPWORDS | _TAKES_PLACE if kind in ("where", "when", "why") else _STOPWORDS
    words = [_SYNONYMS.get(term, term) for term in tokenize(rest) if term not in light]
    return tuple(sorted(words) if _ORDER_FREE.search(rest) else words)


def _content_zh(kind: str, rest: str) -> tuple[str, ...]:
    rest = _STOPWORDS_ZH.sub("", rest)
    if kind in ("where", "when"):
        rest = _TAKES_PLACE_ZH.sub("", rest)
    return tuple(character for character in rest if character.isalnum())

"""English questions by what they ask for: their kinds, other ways to ask the same, and the words that must match."""

_ROLE = r"\b(?:role|function|purpose)s?\b"
# (replacement, pattern): other ways to ask what something is.
CANONICAL_FORMS = (
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
# (kind, pattern): the first that matches is the kind of the question; the match is not part of its content.
KINDS = (
    ("role", rf"\bwhat (?:is|are) (?:the )?{_ROLE} (?:of|in)\b|\bwhat {_ROLE} (?:do|does)\b"),
    ("role", r"\bwhat (?:do|does)\b(?=.{0,300} do\W*$)|\bwhat (?:is|are)(?=.{0,300} for\W*$)"),
    ("happens", r"\bwhat (?:happens?|happened|occurs?|takes? place|is going on)\b"),
    ("why", r"\bwhat (?:is|are) the (?:main )?(?:reason|cause)s? (?:of|for|behind|why)\b|\b(?:for )?what reason\b"),
    ("why", r"\bwhy\b|\bhow come\b|\bwhat (?:makes|causes|lets)\b|\bwhat\b(?=.{0,300}\bneed.{0,300} for\W*$)"),
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
KIND_BY_STEM = {"differ": "differ"}  # the kind of a "what" or "how" question with this stem

# What is left out of the content: phrases before it is split into words, stems after.
IGNORED_PHRASES_BY_KIND = dict.fromkeys(("role", "why"), r"\b(?:do|for|play)\W*$")
IGNORED_STEMS = "look appear seem abl exact actual realli"
IGNORED_STEMS_BY_KIND = dict.fromkeys(("where", "when", "why"), "happen occur take place locat found")
SYNONYMS = {"start": "begin"}  # of stems

ORDER_FREE = r"\bdiffer|\bcompar|\band\b|\bor\b|\bbetween\b"  # "a and b" asks the same as "b and a"
MUST_MATCH = (
    r"(?<!['’])\b(?:one|two|three|four|five|six|seven|eight|nine|ten|first|second|third|fourth|fifth|last"
    r"|next|same|other|before|after|out|without|above|below|over|under|from|by|more|less|[b-hj-z])\b"
)
NEGATION = r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n't\b"
ANAPHORA = (
    r"\b(?:it|its|this|that|these|those|they|them|their|he|him|his|she|her|there|such|former|latter)\b"
    r"|^\W*(?:and|but|so|then|ok(?:ay)?|(?:what|how) about|what else|more|again|really|(?:for |an )?example)\b"
)

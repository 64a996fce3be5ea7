"""English questions by the form of their answer, and how English texts define, list and give causes."""

# What stands before the question itself.
LEAD_IN = (
    r"^\W*(?:(?:so|and|but|ok|okay|well|please|hi|hello|hey|now)\b[,\s]+)*"
    r"(?:(?:(?:can|could|would|will) you (?:please )?(?:tell me|say)|tell me|remind me|do you know"
    r"|i (?:want|need|would like) to know)\b[,\s]*)?"
    r"(?:according to (?:the|my|this) (?:course|text|textbook|book|chapter|material)s?,?\s+)?"
    r"(?:(?:in (?:plain|simple|easy|short|other|everyday|a few) ?(?:english|words|terms)?|simply put|quick question"
    r"|sorry)\s*[:,-]\s*)?"
)
# What stands behind it.
TAIL = r"[,\s]+(?:then|again|exactly|actually|please|anyway|in (?:plain|simple|easy) (?:english|words|terms))(?=\W*$)"

_TERM = r"(?:(?:an?|the)\s+)?(?P<term>.+?)"
_OTHER = r"(?:(?:an?|the)\s+)?(?P<other>.+?)"
_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
_KINDS = (
    r"(?:types|kinds|forms|classes|categories|parts|components|elements|functions|roles|levels|layers|properties"
    r"|characteristics|features|benefits|advantages|disadvantages|drawbacks|rules|causes|effects|symptoms|signs|examples"
    r"|reasons|factors|principles|goals|objectives|uses|members|organs|methods|ways|techniques|branches|criteria"
    r"|conditions|requirements|ingredients|subfields|divisions|regions|groups|operators|assumptions|sources)"
)
_STEPS = r"(?:steps?|stages?|phases?|sequence|procedure)"
_END = r"(?: (?:are|is) there| exist)?\W*$"

# The first pattern that is found decides; `term` and `other` are what the question is about.
FORMS = (
    ("comparison", rf"\b(?:differences?|distinction|contrast|similarit\w+) between {_TERM} and {_OTHER}{_END}"),
    ("comparison", rf"^how (?:does|do|is|are|can) {_TERM} (?:differ(?:ent)?|distinguished) from {_OTHER}{_END}"),
    (
        "comparison",
        rf"^(?:compare|contrast|distinguish)(?: and contrast)?(?: between)? {_TERM} (?:and|with|to|from|versus|vs\.?) "
        rf"{_OTHER}{_END}",
    ),
    ("comparison", rf"^(?:how|in what ways?) (?:do|are) {_TERM} and {_OTHER} (?:differ|different|compare)\b"),
    ("comparison", rf"^what distinguishes {_TERM} from {_OTHER}{_END}"),
    ("comparison", rf"^(?P<term>[\w' -]{{2,40}}?) (?:vs\.?|versus) (?P<other>[\w' -]{{2,40}}){_END}"),
    (
        "steps",
        rf"^(?:what|which|list|name|describe|outline|give|explain|state)\b.*?\b{_STEPS}\b"
        rf"(?: (?:of|in|for|to|involved in|needed to|required to) {_TERM})?{_END}",
    ),
    ("steps", r"\bstep by step\b|^(?:in )?(?:what|which) order\b"),
    ("calculation", r"^(?:calculate|compute|work out|evaluate|solve)\b|^(?:what|how much) (?:is|are) [-(]?\d"),
    ("cause", r"\bwhy\b|\bhow come\b|^what (?:causes?|caused|makes?|made)\b|\breasons? (?:for|why|that|behind)\b"),
    (
        "list",
        rf"^(?:what|which|name|list|give|describe|identify|state|enumerate)\b"
        rf"(?: are| is| me)?(?: all| some| of| the"
        rf"| main| major| common| basic| different| various| key"
        rf"| primary| most important| other| {_NUMBER})* {_KINDS}\b"
        rf"(?:,? (?:of|in|for|that|to|by|when|which|do|does|are|is) {_TERM})?{_END}",
    ),
    ("list", rf"^(?:what|which) (?:(?:all|main|major|common|different|{_NUMBER}) )*{_KINDS} (?!of\b)\w+.*$"),
    ("list", rf"^(?:what|which) are (?:the )?(?:\w+ )?{_NUMBER} {_TERM}{_END}"),
    ("list", rf"^(?:list|name|enumerate|identify)\b (?:all |some |{_NUMBER} )*{_TERM}{_END}"),
    ("list", rf"^what (?:does|do) {_TERM} (?:consist of|include|contain|comprise){_END}"),
    ("list", rf"^what (?:is|are) {_TERM} (?:made(?: up)? of|composed of|divided into){_END}"),
    (
        "definition",
        rf"^(?:define|explain what|definition of|meaning of)\b(?: the (?:term|word|phrase))? {_TERM}"
        rf"(?: (?:is|are|means?))?{_END}",
    ),
    ("definition", rf"^what (?:is|are|'s) (?:the )?(?:definition|meaning) of {_TERM}{_END}"),
    ("definition", rf"^what(?:'s| is| are| was| were) meant by {_TERM}{_END}"),
    (
        "definition",
        rf"^what (?:does|do) (?:the (?:term|word|phrase) )?{_TERM} (?:mean|refer to|stand for|describe){_END}",
    ),
    ("definition", rf"^what(?:'s| is| are) {_TERM}{_END}"),
    ("definition", rf"^(?:explain|describe|(?:tell me )?about) {_TERM}{_END}"),
    ("process", r"^how\b(?! (?:many|much|long|far|old|often|big|large|tall|deep|fast|high)\b)"),
)
# Nouns that a question for one fact asks for: "the function of X" is not a term.
NOT_A_TERM = (
    r"^(?:in|on|at|inside|behind|under) (?:the|this|that|a)\b|^(?:\w+ )*?(?:functions?|roles?|purposes?|effects?"
    r"|results?|values?|outputs?|units?|symbols?|formulas?|names?"
    r"|advantages?|benefits?|reasons?|causes?|differences?|numbers?|point|main idea|importance|significance|goals?"
    r"|relationships?|equations?|year|date|temperature|length|size|cost|range|rate|percentage|location|best|first|most|\d)"
    r"\b.* (?:of|for|between|in|to|at|from)\b|\b(?:that|which|who|when|where|if|called|happens?|doing|do|does)\b"
)
TERM_TAIL = r",? (?:in|of|for|within) (?:the )?(?:\w+ ?){1,3}$"  # "a dictionary in Python"

# `{name}` is the term that is asked for.
_OPTIONAL_ASIDE = r"(?: \([^)]{1,60}\))?(?:, [^,]{2,60},)?"
_VERB = r"(?:is|are|was|were)"
DEFINING = (
    (1.0, rf"^(?:an?|the)? ?{{name}}{_OPTIONAL_ASIDE} {_VERB} (?:an?|the|one|any|when|where|what|defined as|those)\b"),
    (
        0.95,
        rf"^(?:an?|the)? ?(?:term |word |phrase )?{{name}}{_OPTIONAL_ASIDE} (?:(?:can|may) be defined as|(?:means?"
        r"|refers? to|describes?|denotes?|represents?|consists? of|occurs? when|stands? for|encompass(?:es)?)\b)",
    ),
    (0.97, rf"\((?:(?:or|also|also called|called) )?(?:an? )?{{name}}\) {_VERB} (?:an?|the|one|any)\b"),
    (
        0.9,
        r"\b(?:(?:is|are|was|be|been|also|often|commonly|being|,) )?(?:called|known as|termed|referred to as|named"
        r"|described as|defined as) (?:an?|the)? ?{name}(?= \(|[,.;:)]|$| (?:and|or|which|because|when|if|that)\b)",
    ),
    (0.85, r"^{name} ?[:–—-] \w"),
    (0.75, rf"(?:[,;:]|\b(?:and|that|while|whereas|but)) (?:an?|the)? ?{{name}} {_VERB} (?:an?|the|one)\b"),
    (0.7, rf"^(?:an?|the)? ?{{name}} {_VERB} (?!not\b|used\b|also\b|often\b|usually\b|found\b|important\b|very\b)\w+"),
    (0.6, r"\({name}\)"),
    (0.55, r"^(?:an?|the)? ?{name} (?:runs?|iterates?|allows?|executes?|defines?|contains?|holds?|tells?|shows?)\b"),
)
# A sentence that contrasts the term with the one that it defines.
CONTRASTING = (
    r"\b(?:unlike|in contrast (?:to|with)|as opposed to|opposite of|rather than|instead of|compared (?:to|with)"
    r"|different from|not)\s+(?:an?|the)? ?{name}|{name} (?:is|are) not\b"
)
# A sentence that cannot be quoted alone: it leans on the one before it.
LEANS_ON_BEFORE = (
    r"^(?:it|they|this|these|those|that|such|he|she|its|their|here|there|however|therefore|thus|also|then|but|so|and|or"
    r"|in this|in that|for this|as a result|for example|for instance|ex:|both|another|the former|the latter|in addition"
    r"|moreover|instead|otherwise|hence|similarly)\b"
)
EXAMPLE_START = r"^(?:ex:|e\.g\.|for example|for instance|example)"
# A defining sentence that names what the one before it says: "This is called weathering."
NAMES_WHAT_WAS_SAID = (
    r"^(?:this|that|these|those|such an?|it|they)\b.{0,80}\b(?:called|known as|termed|named|referred to as)\b"
    r"|\b(?:calls?|called|termed?) (?:this|these|it)\b"
)
NAMES_ANOTHER = r"\b(?:called|known as|termed|referred to as)\b"  # a sentence that defines something, too
CONTINUES = r"^(?:it|they|this|these|such|its|their|he|she|both)\b"  # ... and says more about the same thing
CAUSAL = (
    r"\bbecause\b|\bsince\b|\btherefore\b|\bthus\b|\bhence\b|\bso that\b|, so\b|\bdue to\b|\bowing to\b"
    r"|\bas a result\b|\bcause[sd]?\b|\breasons?\b|\bleads? to\b|\bresults? in\b|\bin order to\b|\bmakes? it\b"
    r"|\ballows?\b|\bhelps?\b|\bimproves?\b|\bmeans that\b|\bfor this\b|\bconsequently\b|\bprevents?\b|\benables?\b"
)
# A sentence that lists several things.
ENUMERATES = r"[,;:] [^,;.]{2,60}, (?:and|or) |\b(?:following|steps?|stages?|types?|kinds?)\b[^.]*:"
# Those that state a cause whatever they stand in; "allows" or "helps" may only describe.
STATES_CAUSE = (
    r"\bbecause\b|\bsince\b|\btherefore\b|\bthus\b|\bhence\b|\bso that\b|, so\b|\bdue to\b|\bowing to\b"
    r"|\bas a result\b|\bcaused by\b|\breasons?\b|\bin order to\b|\bfor this\b|\bconsequently\b|\bthis is why\b"
)
# A question for a purpose, and the words with which texts state one.
ASKS_PURPOSE = (
    r"\bwhy (?:should|do|does|would|must|is|are|did)\b.*\b(?:us(?:e[ds]?|ing|eful)|need(?:ed|s)?|important|necessary)\b"
)
PURPOSE_WORDS = "purpose benefits advantages"
CONCLUDES = r"\b(?:therefore|thus|hence|so|consequently|this is why|for this reason|as a result|because of this)\b"
GLOSSARY_HEADING = r"glossary|key terms?|vocabulary|terminology|definitions"
# Where a sentence goes over from one of two terms to the other.
CONTRAST_JOINTS = (
    r",? ?\b(?:whereas|while|but|however|in contrast|on the other hand|unlike)\b|;"
    r"|,(?= (?:and )?(?:an?|the) [\w ]{2,30}? (?:is|are|was|were)\b)"
)
# A question to be answered with yes or no, and how such an answer begins.
ASKS_WHETHER = (
    r"^\W*(?:(?:so|and|but|then|well)\b\W*)*(?:do|does|did|is|are|was|were|can|could|has|have|had|will|would|should|must"
    r"|may|aren['’]t|isn['’]t|doesn['’]t|don['’]t|can['’]t|won['’]t)\b(?!.*\bor\b)"
)
YES_OR_NO = r"^\W*(?:yes|no)\b[,.;:!]?\s*"
# What joins the things that a list in one sentence names.
JOINS_ITEMS = r"\b(?:and|or|as well as|both)\b|[,;:]\s"
# How a model says that it was not given the answer.
DECLINES = (
    r"(?:(?:unfortunately|sorry|no),? )?(?:the |this |your )?(?:(?:given|provided|course) )*"
    r"(?:text|passages?|materials?|course|sentences?|excerpts?)\b(?: (?:provided|given))?"
    r" (?:does|do|did)(?: not|n't|n’t)(?: \w+ly)? (?:say|state|mention|tell"
    r"|explain|provide|specify|contain|give|describe|include|define|discuss|list|name|indicate|answer)\b"
    r"|there is no (?:information|mention)\b|(?:it is|it's) not (?:mentioned|stated|specified|said)\b"
)
# A sentence that tells what somebody believes or claims, or that it was taken back.
REPORTS = (
    r"\b(?:(?:people|scientists|researchers|parents|students|persons|many|some|others|they|critics|authors)"
    r"(?: (?:still|often|once|wrongly|mistakenly|falsely|have|had|may|might|sometimes|even))*"
    r" (?:think|thought|believed?|claim(?:ed)?|assumed?|say|said|feared?)"
    r"|(?:popular|common|widespread|mistaken|false|wrong) (?:belief|idea|notion|assumption|claim|impression|view)s?"
    r"|(?:it (?:is|was)|(?:is|are|was|were)) (?:(?:often|once|widely|wrongly|falsely|commonly) )*"
    r"(?:believed|claimed|alleged|rumou?red|purported|supposed) (?:that|to)"
    r"|myths?|misconceptions?|mistakenly|falsely|allegedly|supposedly|purportedly|rumou?rs?"
    r"|retract(?:ed|ion|ions)|refuted|debunked|discredited|disproved|unfounded)\b"
)
PASSIVE = r"\b(?:is|are|was|were|be|been|being)\s+\w+(?:ed|en|wn|lt|nt|ught)\s+(?:\w+\s+)?by\b"
# Terms that a subject contrasts, besides the opposites of everyday words.
CONTRAST_PAIRS = """
    superficial/deep peripheral/central anterior/posterior dorsal/ventral proximal/distal medial/lateral
    ascending/descending sensory/motor systolic/diastolic artery/vein arteries/veins ectoderm/endoderm
    mesoderm/endoderm ectoderm/mesoderm sympathetic/parasympathetic anabolic/catabolic inhale/exhale
    dependent/independent explicit/implicit dominant/recessive conscious/unconscious supply/demand oxidation/reduction
    oxidized/reduced endothermic/exothermic mitosis/meiosis diploid/haploid prokaryotic/eukaryotic abstract/concrete
    local/global static/dynamic encoder/decoder reactant/product upper/lower internal/external inner/outer
    hypertonic/hypotonic autotroph/heterotroph convex/concave supervised/unsupervised overfitting/underfitting
    bias/variance numerator/denominator cation/anion anode/cathode aerobic/anaerobic voluntary/involuntary
    inductive/deductive qualitative/quantitative primary/secondary compile/interpret compiler/interpreter
    parameter/argument mutable/immutable public/private physical/chemical
"""
ASKS_COUNT = r"\bhow many\b|\bwhat (?:percent(?:age)?|fraction|proportion|share) of\b"
# What answers how many, besides digits.
COUNT = (
    r"\b(?:no|none|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?"
    r"|millions?|billions?|single|both|all|most|many|several|few|half|third|quarter|twice|any number|infinite(?:ly)?)\b"
    r"|\w+teen\b|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ty\b"
)
# Words and signs with which a statement computes a number.
COMPUTES = (
    r"[=×÷≈]|\\(?:frac|times|div|cdot)\b|\d\s*[*/+−-]\s*\d"
    r"|\b(?:divided|multiplied) by\b|\b(?:times|plus|minus|equals?|equal to|sum|product|difference|ratio|quotient)\b"
)
# A question that offers two things.
OFFERS = r"\b(?P<one>[\w-]+)\s+or\s+(?:an?\s+|the\s+)?(?P<other>[\w-]+)"

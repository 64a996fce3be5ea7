"""English definitions: the patterns by which a textbook names its terms, and words that are not terms.

A pattern has the group `name`.
"""

_WORD = r"[A-Za-z][A-Za-z0-9_]*(?:[-'][A-Za-z0-9_]+)*(?:\(\))?"
_NAME = rf"(?P<name>{_WORD}(?: {_WORD}){{0,3}}?)"
_AFTER_NAME = (
    r"(?=[,.;:)]|$| (?:and|or|because|which|that|in|for|if|when|where|since|is|are|to|by|with|as|on|of|from|whose)\b)"
)
_IS = r"(?:is|are) (?:an?|the|any|one|used|defined|simply)\b|(?:refers?|denotes?|describes?|means|consists?)\b"
_DEFINES = (
    rf"{_IS}"
    r"|(?:uses?|has|have|contains?|stores?|holds?|represents?|specif(?:y|ies)|occurs?|allows?|returns?|provides?"
    r"|creates?|converts?|executes?|iterates?|can be|must be|may be)\b"
)
DEFINITIONS = (
    rf"^An? {_NAME} (?:\([^)]*\) ?)?(?:{_DEFINES})",
    rf"^The {_NAME} (?:\([^)]*\) ?)?(?:{_IS})",
    rf"^{_NAME} (?:\([^)]*\) ?)?(?:(?:is|are) (?:an?|the|defined)\b|refers? to\b|means\b)",
    rf"\b(?:called|known as|termed|referred to as|as called)(?: an?| the)? [“\"']?{_NAME}[”\"']?{_AFTER_NAME}",
)
ACRONYM = rf"(?P<name>{_WORD}(?: {_WORD}){{1,4}}) \((?P<short>[A-Z][A-Za-z]{{1,5}})\)"

GLOSSARY_NAME = rf"{_WORD}(?:[ /]{_WORD}){{0,4}}"
GLOSSARY_HEADING = "glossary|key terms|vocabulary|terminology"

# A name neither begins nor ends with one of these.
POINTING_WORDS = """
    this that these those it they he she we you i there here such one another other both each some many most its their
    following above below first second last next reason idea way thing what which who how why when where all any no
    not and or but if in on three four five so then else also however therefore thus note ex only more new same please
    main out using
"""
# These name nothing when they stand alone.
GENERIC_NOUNS = """
    example examples figure table answer question goal purpose result problem chapter section book author authors
    reader word name user case fact number part kind use set two three left right top bottom end rest time amount
"""
# A name contains none of these.
FUNCTION_WORDS = """
    is are was were be been has have had do does did can will would may must should not or but than then to from by
    at into this that these those its their your our my a an the which who whose it they we you i he she with
    about
"""
ADVERB_SUFFIX = "ly"
ACTIVITY_SUFFIX = "ing"
# How a text begins that tells the reader to do something.
TASK_START = (
    r"Exercise\.|(?:Write|Complete|Create|Draw|Calculate|Compute|Determine|Answer|Solve|Prove|Implement|Modify|Make"
    r"|Sort|Refer to) |Add the |For (?:each|the questions) |The (?:following (?:program|code)|(?:program|code) below) "
    r"|Consider the (?:example|(?:following )?(?:code|program))\b"
    r"|Given (?:the|an?) [^.?]*\b(?:answer|calculate|print|write|create)\b"
    r"|(?:What|Which)\b[^.?!\n]*\?"
)

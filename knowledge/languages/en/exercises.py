"""English exercises: how a task asks for something, and how elementary arithmetic is put into words."""

# a sentence that asks for something or orders it to be worked out
QUESTION_OR_COMMAND = (
    "how (?:many|much|long|far|old|fast)|what(?:'s| is| are| will| was)?|which|find|calculate|work out"
)
HOW_MANY = "how (?:many|much)"  # the counted noun follows
AFTER_COUNTED_NOUN = " are| did| do"
SHORT_WORDS = "is in to of at on or so if we it as by be do no us an am my up"  # which no formula contains

OPERATORS = (("times", "*"), ("multiplied by", "*"), ("plus", "+"), ("minus", "-"), ("divided by", "/"))

# Lower-case questions with two numbers a and b, each {n}, and the operation that answers them:
# "<-" is b - a, "|-|" the distance of the two, "/<" is b / a and "//<" the same without its remainder.
OPERATION_PHRASES = (
    (r"(?:product|multiply(?:ing)?)\s*(?:of)?{n}(?:and|by|with){n}", "*"),
    (r"{n}(?:times|multiplied by|groups of){n}", "*"),
    (r"(?:sum|add(?:ing)?|total)\s*(?:of)?{n}(?:and|to|with){n}", "+"),
    (r"{n}plus{n}", "+"),
    (r"difference\s*(?:of|between)?{n}(?:and|from){n}", "|-|"),
    (r"subtract(?:ing)?{n}from{n}", "<-"),
    (r"take(?: away)?{n}(?:away )?from{n}", "<-"),
    (r"{n}(?:minus|take away|[-−–]){n}", "-"),
    (r"(?:divide|dividing|quotient of){n}(?:by|and|into){n}", "/"),
    (r"{n}divided by{n}", "/"),
    (
        r"how many times (?:does |do |can |will |would )?{n}(?:will |can )?(?:go(?:es)?|fits?)\s*"
        r"(?:in|into|in to){n}",
        "//<",
    ),
    (r"how many {n}'?s? (?:are|go|fit)[a-z ]*in(?:to)?{n}", "//<"),
    (r"(?:what|which)[a-z ]* times{n}(?:is|equals|gives|=|makes){n}", "/<"),
    (r"{n}times (?:what|which)[a-z ]*(?:is|equals|gives|=|makes){n}", "/<"),
    (r"(?:what|which)[a-z ]* plus{n}(?:is|equals|=){n}", "<-"),
)
VALUE_OF_PI = r"\bvalue of (?:pi\b|π)"

ASKS_FOR_NAME = r"\b(?:names?|called|call)\b"
SHAPE = r"\b(?:shape|polygon|figure|side)"
POLYGONS = {
    3: ("triangle",),
    4: ("quadrilateral", "square", "rectangle", "rhombus", "parallelogram"),
    5: ("pentagon",),
    6: ("hexagon",),
    7: ("heptagon",),
    8: ("octagon",),
    9: ("nonagon",),
    10: ("decagon",),
}  # by the number of sides

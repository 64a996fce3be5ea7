"""English mathematical tasks: how each kind is set, and the words around a task and around an answer.

In a pattern {a}, {b}, {c} and {d} are read, and a lower-case letter is a letter of either case.
"""

OPENING = (
    r"hi|hello|hey|please|(?:now|next|then|and|also|ok|okay|thanks|another one|the next one(?: is)?)\b"
    r"|(?:can|could|would|will) you(?: please)?(?: help me)?(?: to)?|help me(?: to)?(?: with)?"
    r"|i (?:need|have|want|would like)(?: help)?(?: to| with)?|i'm (?:trying|asked) to|how (?:do|can|would|should) "
    r"(?:i|you|we)|how to|let's|(?:exercise|problem|task|question|homework)(?: ?\d+(?:\.\d+)*)?[:.)]"
    r"|\d+[.)](?=\s)|\([a-h]\)(?=\s)"
    r"|give me a hint (?:for|on)"
)
CLOSING = r"please|step by step|thanks|thank you|help me"

_CALC = r"(?:calculate|compute|evaluate|work out|determine|find|give|what(?: is|'s)|how much is)"
_VALUE = rf"(?:{_CALC}(?: the value of)?:? )"
_THE = r"(?: the)?"
_DATA = r"(?: the)?(?: (?:following )?(?:numbers?|values?|data(?: set)?|scores?|set|list|sample|marks|grades))*:? ?"
_OF_DATA = rf"(?: (?:of|for|from|in)){_DATA}{{a}}"

SOLVE = (
    r"solve(?: for [a-z])?(?: the)?(?: (?:linear|quadratic))?(?: (?:equation|inequality))?(?: for [a-z])?:? ?{a}"
    r"(?:,? for [a-z])?",
    r"find(?: the)?(?: real)? (?:roots?|zeros?|zeroes|solutions?) of(?: the (?:equation|polynomial|function))? {a}",
    r"what (?:is|are) the (?:roots?|zeros?|zeroes|solutions?) (?:of|to) {a}",
    r"find(?: the value of)? [a-z],? (?:if|when|such that|given(?: that)?|in):? {a}",
    r"find(?: the)? solution set of {a}",
)
SYSTEM = (
    r"solve(?: the)?(?: following)?(?: (?:system|pair|set)(?: of)?(?: (?:linear|simultaneous))?(?: equations?)?"
    r"| simultaneous(?: linear)? equations?| equations?)?(?: for [a-z](?:,? (?:and )?[a-z])*)?:? ?{a}",
    r"find [a-z](?:, [a-z])?,? and [a-z](?: if| when| such that|:) {a}",
)
FACTOR = (
    r"factor(?:i[sz]e)?(?: completely| fully| out)?(?: the (?:expression|polynomial|trinomial|quadratic))?:? {a}"
    r"(?:,? completely| fully)?",
    r"write {a} (?:as a product(?: of .{1,30})?|in factored form)",
    r"what is the factored form of {a}",
)
EXPAND = (
    r"(?:expand|multiply out|multiply)(?: and simplify| and collect like terms)?"
    r"(?: the (?:brackets|expression|product|parentheses))?(?: (?:in|of))?:? {a}",
)
SIMPLIFY = (
    r"simplify(?: the)?(?: (?:fraction|expression|radical|following|root|rational expression))?:? {a}",
    r"reduce(?: the fraction)? {a}(?: to (?:its )?lowest terms)?",
    r"write {a} in(?: its)? (?:simplest form|lowest terms)",
    r"(?:collect|combine)(?: the)? like terms(?: in| of|:)* {a}",
)
CALCULATE = (rf"{_VALUE}{{a}}",)
PERCENT_OF = (rf"(?:{_VALUE})?{{a}} ?(?:%|percent|per cent) of {{b}}",)
PERCENT_WHICH = (
    r"what (?:percent|per cent|percentage) of {b} is {a}",
    r"{a} is (?:what|which) (?:percent|per cent|percentage) of {b}",
    r"(?:write|express) {a} as a (?:percent|percentage) of {b}",
)
PERCENT_WHOLE = (
    r"{a} is {b} ?(?:%|percent|per cent) of (?:what|which)(?: number| amount)?",
    r"{b} ?(?:%|percent|per cent) of (?:what|which) number is {a}",
)
PERCENT_CHANGE = (rf"(?:{_VALUE})?(?:the )?percent(?:age)? (?:change|increase|decrease)(?: from)? {{a}} to {{b}}",)
PERCENT_MORE = (r"increase {a} by {b} ?(?:%|percent|per cent)",)
PERCENT_LESS = (r"(?:decrease|reduce) {a} by {b} ?(?:%|percent|per cent)",)
SQUARE_ROOT = (rf"{_VALUE}(?:the )?square root of {{a}}",)
CUBE_ROOT = (rf"{_VALUE}(?:the )?cube root of {{a}}",)
SLOPE = (
    rf"{_CALC} the (?:slope|gradient) of the (?:straight )?line (?:that (?:passes|goes) |passing |going )?"
    r"(?:through|between|joining|containing)(?: the points)? {a}",
)
SLOPE_OF = (rf"{_CALC} the (?:slope|gradient) of(?: the (?:straight )?line(?: with (?:the )?equation)?)? {{a}}",)
INTERCEPT = (
    rf"{_CALC} the y-? ?intercept of(?: the (?:straight )?line)? {{a}}",
    r"where does(?: the line)? {a} (?:cross|intersect|cut|meet) the y-? ?axis",
)
LINE_THROUGH = (
    rf"{_CALC} (?:the|an) equation of the (?:straight )?line (?:that (?:passes|goes) |passing |going )?"
    r"(?:through|between|joining|containing)(?: the points)? {a}",
)
LINE_WITH_SLOPE = (
    rf"{_CALC} (?:the|an) equation of the (?:straight )?line with (?:slope|gradient) {{b}} "
    r"(?:that (?:passes|goes) |passing |going |and passing )?through(?: the point)? {a}",
)
FUNCTION_VALUE = (
    r"(?:if|given|let|for)(?: that)? f\(x\) = {a}[,.;]? (?:find|calculate|compute|evaluate|what is|determine) "
    r"f\((?P<b>[^()]+)\)",
    r"(?:find|calculate|compute|evaluate|what is|determine) f\((?P<b>[^()]+)\) (?:if|when|for|given(?: that)?) "
    r"f\(x\) = {a}",
)
DERIVATIVE = (
    r"differentiate(?: the function)?(?: with respect to [a-z])?:? {a}(?:,? with respect to [a-z])?",
    rf"{_CALC} the (?:first )?derivative of(?: the function)? {{a}}(?:,? with respect to [a-z])?",
    rf"(?:{_CALC} )?d/d[a-z] ?(?:of )?{{a}}",
    r"if f\(x\) = {a},? (?:find|what is) f'\(x\)",
)
INTEGRAL = (
    r"integrate(?: the function)?(?: with respect to [a-z])?:? {a}(?:,? with respect to [a-z])?",
    rf"{_CALC} (?:the|an) (?:indefinite )?(?:integral|antiderivative) of(?: the function)? {{a}}",
    rf"(?:{_CALC} )?(?:the integral )?∫ ?{{a}} ?d[a-z]",
)
DEFINITE_INTEGRAL = (
    r"integrate {a} (?:from|between)(?: x =)? {b} (?:to|and)(?: x =)? {c}",
    rf"{_CALC} the (?:definite )?integral of {{a}} (?:from|between)(?: x =)? {{b}} (?:to|and)(?: x =)? {{c}}",
    rf"(?:{_CALC} )?(?:the integral )?∫ ?_\(?(?P<b>-?[\d./]+)\)? ?\^ ?\(?(?P<c>-?[\d./]+)\)? ?{{a}} ?d[a-z]",
)
MEAN = (
    rf"{_CALC}{_THE}(?: arithmetic)? (?:mean|average){_OF_DATA}",
    rf"{_CALC}{_THE} mean (?:value|score){_OF_DATA}",
)
MEDIAN = (rf"{_CALC}{_THE} median{_OF_DATA}",)
MODE = (rf"{_CALC}{_THE} modes?{_OF_DATA}",)
RANGE = (rf"{_CALC}{_THE} range{_OF_DATA}",)
FIRST_QUARTILE = (rf"{_CALC}{_THE} (?:first|lower) quartile(?: \(?q_?1\)?)?{_OF_DATA}",)
THIRD_QUARTILE = (rf"{_CALC}{_THE} (?:third|upper) quartile(?: \(?q_?3\)?)?{_OF_DATA}",)
QUARTILE_RANGE = (rf"{_CALC}{_THE} (?:interquartile range|iqr)(?: \(iqr\))?{_OF_DATA}",)
DEVIATION = (rf"{_CALC}{_THE} standard deviation{_OF_DATA}",)
SAMPLE_DEVIATION = (rf"{_CALC}{_THE} sample standard deviation{_OF_DATA}",)
POPULATION_DEVIATION = (rf"{_CALC}{_THE} population standard deviation{_OF_DATA}",)
PERCENTILE = (rf"{_CALC}{_THE} (?P<b>\d{{1,2}})(?:st|nd|rd|th) percentile{_OF_DATA}",)
Z_SCORE = (
    rf"{_CALC} the z-? ?score (?:of|for)(?: x =)?(?: (?:a|the) (?:value|score)(?: of)?)? {{a}},? "
    r"(?:if|when|with|given|for)(?: the| a)? mean(?: is| of| =)? {b},? and(?: the| a)? standard deviation"
    r"(?: is| of| =)? {c}",
)
DIE = (
    r"(?:a|one) (?:fair )?(?:six-sided )?(?:die|dice) is (?:rolled|thrown)(?: once)?[.,;] ?(?:what is|find|calculate) "
    r"the (?:probability|chance) (?:of (?:getting|rolling|throwing)|that (?:it|the (?:number|result)) is) {a}",
    r"(?:what is|find|calculate) the (?:probability|chance) of (?:getting|rolling|throwing) {a} "
    r"(?:with|on|when (?:rolling|throwing)) (?:a|one) (?:fair )?(?:six-sided )?(?:die|dice)",
)
DIE_EVENTS = (
    ("even", r"an even number|even"),
    ("odd", r"an odd number|odd"),
    ("prime", r"a prime(?: number)?"),
    ("more", r"(?:a number )?(?:greater|more|larger|higher) than (?P<n>[0-6])"),
    ("less", r"(?:a number )?(?:less|smaller|lower|fewer) than (?P<n>[1-7])"),
    ("at_least", r"(?:a number )?(?:at least|of at least) (?P<n>[1-6])"),
    ("at_most", r"(?:a number )?(?:at most|of at most) (?P<n>[1-6])"),
    ("exactly", r"(?:an?|the number)? ?(?P<n>[1-6])"),
)
BAG = (
    r"(?:a|an) (?:bag|box|urn|jar) (?:contains|has|holds) {a}[.,;] ?(?:one (?:marble|ball|counter|sweet|bead|card) is "
    r"(?:drawn|taken|picked|chosen)(?: at random)?[.,;] ?)?(?:what is|find|calculate) the (?:probability|chance) "
    r"(?:of (?:drawing|picking|taking|choosing)(?: a| one)?|that it is(?: a)?) {b}"
    r"(?: (?:one|marble|ball|counter|sweet|bead|card))?(?: at random)?",
)
BAG_PART = r"(?P<count>\d{1,3}) (?P<name>[a-z]+)(?: (?:marbles?|balls?|counters?|sweets?|beads?|cards?))?"
BAG_SEPARATOR = r",? and |, "
CONVERT = (
    r"(?:convert|change|express|write) {a} (?:to|into|in|as) {b}",
    r"how many {b} (?:are|is)(?: there)? (?:in )?{a}",
)
LIST_SEPARATOR = r",? and "
ANSWER_OPENING = (
    r"(?:is it|is the answer|would it be|could it be|the|my|so|it|that|answer|result|final|solution|solutions"
    r"|is|are|was|equals?|i|get|got|think|believe|guess"
    r"|maybe|probably|perhaps|then|therefore|hence|thus|would be|could be|it's|that's|must be|mean|median|mode|slope"
    r"|probability|derivative|integral|value|about|approximately|roughly)\b"
)
NO_SOLUTION = r"(?:there (?:is|are) )?(?:no|not any)(?: real)? (?:solutions?|roots?|answers?)|none"
EITHER_OF = r"\bor\b|\bunion\b"
BOTH_OF = r"\band\b"
ALL_NUMBERS = r"(?:all|any)(?: real)?(?: numbers?)?|every real number|ℝ|R"

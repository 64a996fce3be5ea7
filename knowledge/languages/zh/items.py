"""Chinese course text that questions are made from: its sentences, definitions, numbers and steps."""

from knowledge.languages.scripts import HAN

SENTENCE = r"[^。！？\n]{8,90}。"
COMMA, SEMICOLON, COLON = "，", "；", "："
NOT_PLAIN = r"[`{}<>|\\=$]"  # code, formulas and markup
# Sentences that lean on the one before them.
DEPENDENT_START = (
    r"(?:它|这|那|其|但|而|所以|因此|因为|于是|此外|也|并|不过|同时|然后|接着|前者|后者|里面|外面|上面|下面|其中|\d)"
)

# A whole sentence without its full stop, with the term and what is said about it.
DEFINITIONS = (
    rf"^(?P<term>[{HAN}]{{2,8}}?)(?:是指|指的是|是)(?P<body>.{{6,}})$",
    rf"^(?P<body>.{{8,}}?)[，,]?(?:称为|叫做|叫作|被称为)(?P<term>[{HAN}]{{2,10}})$",
)
# A term neither begins with a word that joins or points, nor ends in an adverb before its verb.
NOT_A_TERM = (
    r"[的这那都不就也只它们最每个有和与]|主要|^(?:第|首先|其次|如果|当|关键|原因|结果|方法)"
    r"|^(?:即使|即便|尽管|虽然|甚至|由于|为了|为何|除非|只要|无论|以[及便下上查免]|如[下上]|特别|尤其|例如|比如|其实|通常|一般|具体|来|此|该|某|一[种些类般]|做)"
    r"|(?:恰好|恰恰|刚好|正好|正|几乎|可以|可能|应该|必须|能够|往往|通常|一般|总|仍然|仍|依然|才|将|会|能|便|亦|确实|其实|本身|中|时|后|前)$"
)
NOT_A_BODY = r'["；;]|^[，,]|我们|你们?|为什么|[或和与并且]$'

EXERCISE_HEADING = "练习|习题|思考题"
EQUATION_EXERCISE = r"(?P<text>解方程[^\n。]{3,60}。)"
# After a description, other names of what it describes.
OTHER_NAME = r"[又也](?:称|叫|名)"
# How a description begins that is of a quality and not of a thing.
DESCRIBES_A_QUALITY = r"形容|描述"

"""Chinese answers: true and false, hedges, negation, and the words around a number."""

TRUE_WORDS = "对 是 正确 真"
FALSE_WORDS = "错 否 不正确 假 不对"
HEDGES = "我(?:觉得|认为)|应该|这?是"
GIVING_UP = "不知道"

ELEMENT_SEPARATORS = "[，；、]|和|与"

SOLUTION_SEPARATORS = "[，；、]|或|和"
MINUS = r"负\s*(?=\w)"
# Characters after a number that do not name what is counted.
NOT_COUNTED_PARTS = "[以不非没无万亿千百十倍分半余来几约或吗呢上下大小多少对错的是]|左右"
MAX_COUNTED_CHARS = 4

NEGATIONS = "不 没 无 非 未"
DENIALS = "假 错 反"

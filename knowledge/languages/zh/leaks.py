"""Chinese ways to give a number away without writing it."""

BETWEEN = "之间|介于"
COMPARISONS = (
    r"比\s*{a}\s*(?P<plus>大|多)\s*{b}",
    r"比\s*{a}\s*(?P<minus>小|少)\s*{b}",
)
SQUARED = r"\s*的平方"

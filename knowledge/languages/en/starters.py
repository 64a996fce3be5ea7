"""English starter questions: what stands around a term in the text that explains it."""

ARTICLE = "an|a|the"
DEFINITE_ARTICLE = "the"
# What stands after or before a word that is many.
MANY_AFTER = r"(?:are|refer to|describe|denote|mean|have|consist of)\b"
MANY_BEFORE = r"\bare (?:called|known as|termed|referred to as)(?: \w+){0,2}?"
# A question with one of these cannot be understood without the text above it.
POINTING_WORDS = "this that these those it they he she we them there here above below following"
EXAMPLE_MARKERS = r"\bfor example\b|\bfor instance\b|\be\.g\.|\bEx:|```"

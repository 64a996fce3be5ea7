"""Chinese questions: follow-ups and words that point back."""

POINTS_BACK = "这两[个种者]|两者|二者|前者|后者|它们(?:两个|俩)"
ANAPHORA = "它|他|她|这|那|此|其|前者|后者|上述|刚才"
FOLLOW_UP = (
    "(?:那么?|所以|然后|还有|再|举个?例|例如|比如|继续|请解释|再说|具体|(?:怎么|怎样|如何|有什么|有哪些).{1,4}呢)"
)
BARE_FOLLOW_UP = "(?:为什么|为何|怎么会)"

"""Chinese questions: follow-ups and words that point back."""

ANAPHORA = "它|他|她|这|那|此|其|前者|后者|上述|刚才"
FOLLOW_UP = "(?:那么?|所以|然后|还有|再|举个?例|例如|比如|继续|请解释|再说|具体)"
BARE_FOLLOW_UP = "(?:为什么|为何|怎么会)"

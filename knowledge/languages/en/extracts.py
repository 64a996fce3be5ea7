"""English course text that a hint, an example or a summary is taken from, and the questions that ask for it."""

NUMBERED_SECTION = "chapter|section|unit"
EXAMPLE_MARKERS = r"\bfor example\b|\bfor instance\b|\bsuch as\b|\be\.g\.|\bworked example\b"
WORKED_EXAMPLE = r"\bworked example\b\.?"
EXAMPLE_LABEL = (
    r"\bworked example\b|^\W*(?:example|problem|solution|try it)\b(?: ?\d|\W*$|[:.*])"  # of a task and its solution
)
# How a sentence begins that sets a task.
TASK_START = (
    r"(?:explain|describe|compare|suggest|solve|calculate|discuss|prove)\b"
    r"|(?:name|state|list|find|give|draw|show|write|say) (?:the|an?|all|two|three|four|how|that|why|what)\b"
)

# Everything of a question for a definition but the term that is asked about.
DEFINITION_REQUEST = (
    r"^\W*(?:so |and |but |ok )?(?:what(?:'s| is| are| does)|define|(?:the )?(?:definition|meaning) of)\s+"
    r"(?:(?:an?|the) )?(?:meant by )?(?:(?:an?|the) )?"
)
DEFINITION_REQUEST_END = r" mean$"
ARTICLES = "an?|the"
PLURAL_ENDING = r"(?:s|es)?"
FULL_STOP = "."
QUESTION_MARK = "?"
DEFINING_VERBS = r" (?:is|are|means?|refers to|describes?|denotes?) (?:an?|the|one|any|what|when)\b"  # after the term
NAMING_VERBS = "called|known as|termed"  # before the term
# How a sentence says what will be told, without telling it.
ANNOUNCES = (
    r"^\W*(?:(?:in (?:this|the next|a later|the following|chapter \S+|section \S+)[^,]{0,40},? )?"
    r"(?:you|we|students) (?:will|shall) (?:learn|see|discuss|study|explore|examine|look at|find out|be able|encounter"
    r"|meet|return|discover|cover|consider|investigate|read)"
    r"|(?:now,? )?let(?:'s|’s| us) (?:look|turn|begin|start|consider|examine|explore|see)"
    r"|(?:.{0,200}\b)?let(?:'s|’s| us) take a (?:closer )?look|for more information"
    r"|(?:this|the next) (?:chapter|section|unit|module) (?:will )?(?:begins?|discuss(?:es)?|covers?|introduces?"
    r"|explores?|examines?|describes?|presents?|explains?|looks? at|focuses))\b"
)

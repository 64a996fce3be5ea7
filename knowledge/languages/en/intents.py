"""English messages of a learner about an exercise: tasks, pleas for its value or the next step, definitions.

Pattern fragments, matched without regard to case.
"""

DEFINITION = (
    r"^\W*(?:so |and |but |ok )?(?:what(?:'s| is| are| does)|define|definition of|meaning of)\s+"
    r"(?:an? |the |meant by )?[\w' -]{2,40}?(?: mean| called)?\s*\??$"
)

# a task: a command to work something out, or the word for a task
TASK = (
    r"^\W*(?:please |can you |could you |help me )?(?:solve|calculate|compute|evaluate|simplify|factor|prove|"
    r"derive|find|work out|integrate|differentiate)\b|"
    r"\b(?:homework|assignment|exercise|problem set|problem \d|question \d)\b|"
    r"\bhow (?:many|much)\b.*\bif\b|\bsolve for\b|"
    r"\bhow (?:do|can|should|would) (?:i|we|you) (?:solve|calculate|work out)\b"
)
SOLVE_COMMAND = (  # at the start
    r"\W*(?:please |can you |could you |help me )?(?:solve|calculate|compute|evaluate|simplify|work out)\b"
)
WORD_PROBLEM_QUESTION = (
    r"\bhow (?:many|much|long|far|old|fast|tall|big|often)\b|\bwhat (?:is|was|will be|are) the\b|\bwhat percent|"
    r"\bwhat (?:fraction|time|score)|\bwhat's the\b|\bcalculate the\b|\bfind the\b"
)

# while an exercise is open
ASKS_FOR_VALUE = (
    r"\bwhat(?:'s| is| are)? (?:the )?(?:value|values) of\b|"
    r"\bwhat (?:is|does|'s) [a-z]\b(?: equal)?\W*$|\bwhat's [a-z]\W*$|"
    r"\b(?:solve|do|finish|answer|write) (?:it|this|that|my homework)\b|\bwhat (?:do|did) you get\b"
)
ASKS_NEXT_STEP = (
    r"\bhow (?:do|can|should|would|could) (?:i|we|you)\b|\bwhat (?:do|should|can) (?:i|we) do\b|"
    r"\bwhere (?:do|should|can) i\b|"
    r"\b(?:first|next) step\b|\bwhat(?:'s| is| comes)? next\b|\bhow to\b"
)
POINTS_AT_EXERCISE = r"\b(?:this|that|the) (?:exercise|task|question|problem|equation)\b|\b(?:it|this)\b"
# A follow-up that names a word which, by itself, would ask to go on: "and continue?" in a course on Python.
NAMED_COMMAND = (
    r"^\W*(?:(?:and|but|so|ok) )*(?:(?:what|how) about (?:the )?|and (?=[^?]*\?))[\W_]*"
    r"(?:continue|proceed|repeat|skip|pass|break)\W*$"
)
QUESTION_WORDS = "what does mean which where when"  # long enough to be taken for words of the exercise

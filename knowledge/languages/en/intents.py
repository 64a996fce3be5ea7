"""English messages of a learner: how they ask, give up, press for the answer or want something else.

Pattern fragments, matched without regard to case. The first group is named after the intents.
"""

TELL_ME = (
    r"\b(?:just|simply|please|can you|could you|pls|plz)\W+(?:just\W+)?(?:tell|give|show|say)\W+(?:me\W+|us\W+)?"
    r"(?:what\W+)?(?:the|it|that|your)?\W*(?:\w+\W+)?(?:answers?|solutions?|results?|it\b)|"
    r"^(?:tell|give|show) me the (?:\w+ )?(?:answer|solution|result)|"
    r"\bwhat(?:'s| is) the (?:right |correct |final )?(?:answer|solution)\b|"
    r"\bjust tell me\b|\bstop (?:asking|hinting)\b|"
    r"\b(?:teacher|professor|instructor|prof|mum|mom|dad)\b.{0,40}\b(?:allow|said|says|ok|okay|fine|permission|told)|"
    r"\bi (?:have|got|already) (?:permission|tried everything)|\bignore (?:your|the|all) (?:rules|instructions)"
)
SKIP = r"^\W*(?:skip|next(?: (?:one|question))?|pass|move on)\W*$|\bskip (?:this|it)\b"
STUCK = (
    r"^\W*(?:i )?(?:don'?t|do not|dont) (?:know|understand|get (?:it|this))\b|"
    r"^\W*(?:idk|no idea|no clue|help|dunno|\?+)\W*$|"
    r"\bi(?:'m| am) (?:stuck|lost|confused)\b|"
    r"\b(?:give me|i need|can i have|another) (?:a |another )?(?:hint|help)\b"
)
EXAMPLE = (
    r"\b(?:give|show|see|need|have) (?:me |us )?(?:an?|another|one more) example\b|"
    r"^\W*(?:an )?example\W*$"
)
EASIER = r"\b(?:easier|simpler|more simply)\b.{0,20}$|\btoo (?:hard|difficult)\b"
HARDER = r"\b(?:harder|more difficult|challenge me)\b|\btoo easy\b"
QUIZ = r"\b(?:quiz|test|examine) me\b|\bask me (?:a|some|another)\b|\bpractice questions?\b"
SUMMARISE = r"\b(?:summari[sz]e|summary|sum up|tl;?dr|recap)\b"
SOCIAL = r"^\W*(?:thanks?(?: you)?(?: so much| a lot)?|thx|ok(?:ay)?|hi|hello|hey|bye|cool|great)\W*$"

DEFINITION = (
    r"^\W*(?:so |and |but |ok )?(?:what(?:'s| is| are| does)|define|definition of|meaning of)\s+"
    r"(?:an? |the |meant by )?[\w' -]{2,40}?(?: mean| called)?\s*\??$"
)
DEFINE_COMMAND = r"\W*(?:please |can you )?(?:define\b|(?:the )?(?:definition|meaning) of\b)"  # at the start

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
QUESTION_WORDS = "what does mean which where when"  # long enough to be taken for words of the exercise

# a question rather than an answer
QUESTION_FORM = (
    r"^\W*(?:wait|but|so|and|sorry|um+|hmm+|hold on)?\W*"
    r"(?:what|why|how|when|where|who|whom|which|can|could|do|does|did|is|are|"
    r"was|were|should|would|will|may|am)\b"
)
WH_WORD = "what|why|how|which|who|where|when"  # at the start
UNSURE_ANSWER = r"^\W*(?:is it|is the answer|would it be|could it be|maybe|it is|it's|i think)\b"

"""What a learner's message is: a question, an answer, a request for help, or pressure to be told. English and Chinese.

Rules over the words; no model. The page's one-tap requests come as intents already and skip this.
"""

from __future__ import annotations

import re
from enum import StrEnum

from tutor.maths.numbers import read_numbers


class Intent(StrEnum):
    """What a message wants."""

    QUESTION = "question"  # about the material
    DEFINITION = "definition"  # what is X, define X
    EXERCISE = "exercise"  # solve this, my homework
    ANSWER = "answer"  # to the question that stands open
    CLARIFY = "clarify"  # a question about the question
    STUCK = "stuck"  # I don't know, help
    TELL_ME = "tell_me"  # pressure for the answer, with or without an excuse
    EXAMPLE = "example"
    EASIER = "easier"
    HARDER = "harder"
    QUIZ = "quiz"
    SUMMARISE = "summarise"
    SKIP = "skip"
    SOCIAL = "social"  # thanks, hello
    EMPTY = "empty"


_INTENT_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        Intent.TELL_ME,
        r"\b(?:just|simply|please|can you|could you|pls|plz)\W+(?:just\W+)?(?:tell|give|show|say)\W+(?:me\W+|us\W+)?"
        r"(?:what\W+)?(?:the|it|that|your)?\W*(?:\w+\W+)?(?:answers?|solutions?|results?|it\b)|"
        r"^(?:tell|give|show) me the (?:\w+ )?(?:answer|solution|result)|"
        r"\bwhat(?:'s| is) the (?:right |correct |final )?(?:answer|solution)\b|"
        r"\bjust tell me\b|\bstop (?:asking|hinting)\b|"
        r"\b(?:teacher|professor|instructor|prof|mum|mom|dad)\b.{0,40}\b(?:allow|said|says|ok|okay|fine|permission|told)|"
        r"\bi (?:have|got|already) (?:permission|tried everything)|\bignore (?:your|the|all) (?:rules|instructions)|"
        r"直接告诉我|告诉我答案|给我答案|答案是什么|老师(?:同意|说可以|允许)",
    ),
    (Intent.SKIP, r"^\W*(?:skip|next(?: (?:one|question))?|pass|move on|跳过|下一题)\W*$|\bskip (?:this|it)\b"),
    (
        Intent.STUCK,
        r"^\W*(?:i )?(?:don'?t|do not|dont) (?:know|understand|get (?:it|this))\b|"
        r"^\W*(?:idk|no idea|no clue|help|dunno|\?+)\W*$|"
        r"\bi(?:'m| am) (?:stuck|lost|confused)\b|"
        r"\b(?:give me|i need|can i have|another) (?:a |another )?(?:hint|help)\b|"
        r"不知道|不懂|不会|提示|没思路",
    ),
    (
        Intent.EXAMPLE,
        r"\b(?:give|show|see|need|have) (?:me |us )?(?:an?|another|one more) example\b|"
        r"^\W*(?:an )?example\W*$|举个?例子?",
    ),
    (Intent.EASIER, r"\b(?:easier|simpler|more simply)\b.{0,20}$|\btoo (?:hard|difficult)\b|简单(?:一?点|些)|太难"),
    (Intent.HARDER, r"\b(?:harder|more difficult|challenge me)\b|\btoo easy\b|难(?:一?点|些)|太简单"),
    (
        Intent.QUIZ,
        r"\b(?:quiz|test|examine) me\b|\bask me (?:a|some|another)\b|\bpractice questions?\b|"
        r"考考我|测验|出(?:一)?道?题",
    ),
    (Intent.SUMMARISE, r"\b(?:summari[sz]e|summary|sum up|tl;?dr|recap)\b|总结|概括|小结"),
    (
        Intent.SOCIAL,
        r"^\W*(?:thanks?(?: you)?(?: so much| a lot)?|thx|ok(?:ay)?|hi|hello|hey|bye|cool|great|谢谢|你好|好的)\W*$",
    ),
)
_COMPILED_PATTERNS = tuple((intent, re.compile(pattern, re.IGNORECASE)) for intent, pattern in _INTENT_PATTERNS)
_DEFINITION = re.compile(
    r"^\W*(?:so |and |but |ok )?(?:what(?:'s| is| are| does)|define|definition of|meaning of)\s+"
    r"(?:an? |the |meant by )?"
    r"[\w' -]{2,40}?(?: mean| called)?\s*\??$|^[\w -]{2,40}(?:是什么意思|是什么)\W*$|什么叫|^什么是",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"^\W*(?:please |can you |could you |help me )?(?:solve|calculate|compute|evaluate|simplify|factor|prove|"
    r"derive|find|work out|integrate|differentiate)\b|"
    r"\b(?:homework|assignment|exercise|problem set|problem \d|question \d)\b|"
    r"\bhow (?:many|much)\b.*\bif\b|\bsolve for\b|"
    r"\bhow (?:do|can|should|would) (?:i|we|you) (?:solve|calculate|work out)\b|"
    r"求解|计算|解方程|作业|习题",
    re.IGNORECASE,
)
_SOLVE_COMMAND = re.compile(
    r"\W*(?:please |can you |could you |help me )?(?:solve|calculate|compute|evaluate|simplify|work out)\b"
    r"|\W*(?:请)?(?:求解|计算|解方程)",
    re.IGNORECASE,
)
_DEFINE_COMMAND = re.compile(
    r"\W*(?:please |can you )?(?:define\b|(?:the )?(?:definition|meaning) of\b)", re.IGNORECASE
)
_FORMULA = re.compile(r"[0-9a-z)]\s*[-+*/^]\s*[0-9a-z(]+.*=|\d\s*[-+*/×÷]\s*\(?\d", re.IGNORECASE)
_WORD_PROBLEM_QUESTION = re.compile(
    r"\bhow (?:many|much|long|far|old|fast|tall|big|often)\b|\bwhat (?:is|was|will be|are) the\b|\bwhat percent|"
    r"\bwhat (?:fraction|time|score)|\bwhat's the\b|\bcalculate the\b|\bfind the\b|多少|几",
    re.IGNORECASE,
)
_ASKS_FOR_VALUE = re.compile(
    r"\bwhat(?:'s| is| are)? (?:the )?(?:value|values) of\b|"
    r"\bwhat (?:is|does|'s) [a-z]\b(?: equal)?\W*$|\bwhat's [a-z]\W*$|"
    r"\b(?:solve|do|finish|answer|write) (?:it|this|that|my homework)\b|\bwhat (?:do|did) you get\b|"
    r"(?:等于多少|得多少|帮我(?:做|解|写))",
    re.IGNORECASE,
)
_ASKS_NEXT_STEP = re.compile(
    r"\bhow (?:do|can|should|would|could) (?:i|we|you)\b|\bwhat (?:do|should|can) (?:i|we) do\b|"
    r"\bwhere (?:do|should|can) i\b|"
    r"\b(?:first|next) step\b|\bwhat(?:'s| is| comes)? next\b|\bhow to\b|怎么(?:做|办|解|开始)|下一步|第一步",
    re.IGNORECASE,
)
_QUESTION_FORM = re.compile(
    r"^\W*(?:wait|but|so|and|sorry|um+|hmm+|hold on)?\W*"
    r"(?:what|why|how|when|where|who|whom|which|can|could|do|does|did|is|are|"
    r"was|were|should|would|will|may|am)\b|[?？]\s*$|(?:什么|为什么|怎么|如何|哪|吗|呢)\W*$",
    re.IGNORECASE,
)
_WH_WORD = re.compile(r"\W*(?:what|why|how|which|who|where|when|什么|为什么|怎么)", re.IGNORECASE)
_UNSURE_ANSWER = re.compile(
    r"^\W*(?:is it|is the answer|would it be|could it be|maybe|it is|it's|i think)\b", re.IGNORECASE
)


def classify_intent(message: str, *, question_open: bool) -> Intent:
    """Say what a message is; while a question stands open, what is no question, request or task is its answer."""
    text = " ".join(message.split())
    if not re.search(r"\w", text):
        return Intent.STUCK if "?" in text and question_open else Intent.EMPTY
    for intent, pattern in _COMPILED_PATTERNS:
        if pattern.search(text) and _is_short_enough(intent, text):
            return intent
    if question_open:
        if is_new_task(text):
            return Intent.EXERCISE
        return Intent.CLARIFY if is_question(text) else Intent.ANSWER
    if _DEFINITION.search(text):
        return Intent.DEFINITION
    return Intent.EXERCISE if is_exercise(text) or _FORMULA.search(text) else Intent.QUESTION


def classify_exercise_intent(message: str, problem: str) -> Intent:
    """Say what a message is while the learner's own exercise `problem` stands open.

    Asking how to go on is asking for help, asking for the value is asking to be told; a question about something else
    is answered, and another exercise is a new one.
    """
    text = " ".join(message.split())
    if _ASKS_FOR_VALUE.search(text) and len(text) <= 120:
        return Intent.TELL_ME
    if is_exercise(text):
        return Intent.EXERCISE if len(re.findall(r"\w+", text)) > 3 or re.search(r"\d", text) else Intent.TELL_ME
    if _ASKS_NEXT_STEP.search(text) and len(text) <= 120:
        return Intent.STUCK
    if "=" in text and "=" in problem:
        return Intent.ANSWER  # a line of working, with or without a doubting "?"
    intent = classify_intent(message, question_open=True)
    if intent is not Intent.CLARIFY:
        return intent
    if _refers_to_exercise(text, problem):
        return Intent.CLARIFY
    return Intent.DEFINITION if _DEFINITION.search(text) else Intent.QUESTION


def is_new_task(text: str) -> bool:
    """Whether a text is a task of its own beside an open question: a command with something to work out, or a story."""
    return bool(_SOLVE_COMMAND.match(text) and re.search(r"\d", text)) or _is_word_problem(text)


def is_exercise(text: str) -> bool:
    """Whether a text sets a task: a command to work something out, or a story with numbers and a question."""
    return bool(_COMMAND.search(text)) or _is_word_problem(text)


def _is_word_problem(text: str) -> bool:
    numbers = [m for m in read_numbers(text) if not (m.spelled_out and m.value == 1)]
    words = len(re.findall(r"[\u3400-\u9fff]", text)) or len(re.findall(r"\w+", text))
    told = (len(numbers) >= 2 and words >= 12) or (len(numbers) == 1 and words >= 22)
    return told and bool(_WORD_PROBLEM_QUESTION.search(text))


def _refers_to_exercise(text: str, problem: str) -> bool:
    """Whether a question is about the exercise itself: it points at it, or takes up its words."""
    if re.search(
        r"\b(?:this|that|the) (?:exercise|task|question|problem|equation)\b|\b(?:it|this)\b|这(?:道)?题|题目",
        text,
        re.I,
    ):
        return True
    words = set(re.findall(r"[a-z]{4,}", text.lower())) - {"what", "does", "mean", "which", "where", "when"}
    return bool(words & set(re.findall(r"[a-z]{4,}", problem.lower())))


def is_question(text: str) -> bool:
    """Whether a text asks rather than answers: "12?" and "is it 12?" are answers given with doubt."""
    if _DEFINE_COMMAND.match(text):
        return True
    if not _QUESTION_FORM.search(text):
        return False
    if _UNSURE_ANSWER.search(text):
        return False
    if re.search("什么|怎么|如何|为何|哪", text):
        return True
    words = re.findall(r"\w+", text)
    doubtful = text.rstrip().endswith(("?", "？")) and len(words) <= 3
    return not doubtful or bool(_WH_WORD.match(text))


def _is_short_enough(intent: Intent, text: str) -> bool:
    """A long message that mentions a request in passing is not that request; pressure counts at any length."""
    return intent is Intent.TELL_ME or len(text) <= 120

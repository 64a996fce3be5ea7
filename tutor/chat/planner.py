"""What a turn is as teaching: which move it makes, chosen in code, and the text of every move that needs no model.

`read` looks at the message and the turns before it, `plan` at the passages found as well. The state of an exercise is
that of the last shown turn, so a retried turn climbs no rung twice and an edited one takes its hints back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from knowledge.documents import Hit, SearchResult
from knowledge.lexical import terms
from tutor.assessment.items import Grade
from tutor.assessment.maths_grading import grade_number
from tutor.chat import extracts
from tutor.chat.citations import without_marks
from tutor.domain import Citation, Course, Guidance, Outcome, Person, Turn, TurnStatus
from tutor.maths.numbers import number_of, read_numbers
from tutor.pedagogy import hint_text
from tutor.pedagogy.dialogue_moves import Move, Situation, Step, choose
from tutor.pedagogy.exercise import Exercise, keeps_solution, read_exercise, same_exercise, shown
from tutor.pedagogy.intents import Intent, read_beside, read_intent
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.leak_features import Line
from tutor.pedagogy.leak_guard import judge

_REQUEST = re.compile(
    r"\b(?:please|can you|could you|give|show|me|us|an?|another|one more|examples?|of|for|on|about|the|quiz|test|ask|"
    r"summari[sz]e|summary|sum up|recap|easier|simpler|harder|more|explain|it|this|that|question|"
    r"practice|make|too|hard|in|was|is)\b|请|给我|举|一?个|例子|总结|概括|小结|考考我|出(?:一)?道?题|关于|简单(?:一?点|些)?|难(?:一?点|些)?|一下|一遍|[吧呗]|[?？!！。.,，]",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"^\W*(?:is it|is the answer|would it be|could it be|maybe|i think(?: it is| it's)?|it is|it's|so)\b|\?+\s*$", re.I
)
_REASON = re.compile(
    r"\b(?:because|since|first|then|so that|therefore|subtract|add|divid|multipl)|因为|所以|先|然后|两边", re.I
)
_ENDS_IN = re.compile(
    r"(?:=|\b(?:is|get|got|gives|makes|equals)|[得是为])"
    r"\s*([-−]?\d+(?:\.\d+)?(?:/\d+)?)\s*[.!。！]?\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b[A-Za-z]\s*=\s*([-−]?\s*\d+(?:\.\d+)?(?:/\d+)?)(?![\w+*])")
_HEDGE = re.compile(r"\bor\b|\beither\b|\bmaybe\b|或|\?|？", re.IGNORECASE)
_PLEA = re.compile(
    r"\b(?:i|don'?t|do not|know|understand|get it|am|stuck|lost|give|tell|show|me|a|another|hint|help|just|please"
    r"|need|the|answer|solution|no|idea|clue)\b",
    re.IGNORECASE,
)
_HELP = (Intent.STUCK, Intent.TELL_ME)
FEW = 3  # in words, such a number stands in sentences about anything
REASON = 4  # words of which a reason has at least so many
MENTION = 3  # words of its own from which a plea is about something
_TALK = (Move.ANSWER, Move.DEFINE, Move.HINT)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a message is, read before passages are looked for. `query` is what to look for."""

    intent: Intent
    query: str
    text: str
    language: str
    exercise: Exercise | None  # the one at hand, or that which the message sets
    ladder: Ladder | None
    wrong: int = 0
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in the tutor's own words, with what it cites."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A reply that needs neither passages nor a model, with what the turn was."""

    text: str
    guidance: Guidance


class Quizmaster(Protocol):
    """Poses stored questions in the chat and takes the answers."""

    def pose(self, who: Person, course_id: str, topic: str, language: str, *, harder: bool = False) -> Said: ...

    def take(self, who: Person, posed_id: str, turn_id: str, text: str) -> Said | None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """The move of a turn. Without `reply` the model answers; a guarded draft is judged before anything is shown.

    `instead` stands for a draft that leaks. A `rewritable` reply may be said in better words by a model that can.
    """

    move: Move
    guidance: Guidance
    reply: Reply | None
    guarded: bool = False
    keys: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    instead: str = ""
    exercise: str = ""

    @property
    def defines(self) -> bool:
        """Whether the course's own definition is at hand."""
        return self.move is Move.DEFINE and self.reply is not None

    @property
    def rewritable(self) -> bool:
        return self.move is Move.HINT and self.reply is not None and self.guarded

    def leaks(self, draft: str) -> bool:
        """Whether a draft gives the answer away; a number that nobody has said yet is not even mentioned."""
        plain = without_marks(draft)
        return self.guarded and (judge(plain, self.lines, self.keys).leaks or self._mentions(plain))

    def _mentions(self, draft: str) -> bool:
        said = {abs(m.value) for line in self.lines for m in read_numbers(line.text)}
        keys = {abs(m.value) for key in self.keys if (m := number_of(key))}
        told = {abs(m.value) for m in read_numbers(draft) if not (m.word and m.value <= FEW)}
        return bool((keys - said) & told)


def open_question(history: Sequence[Turn]) -> str:
    """Return the id of the stored question that the last turn left open, "" without one."""
    told = [turn.guidance for turn in history if turn.status is TurnStatus.COMPLETE and turn.guidance]
    return told[-1].posed if told else ""


def wants_question(lesson: Lesson) -> bool:
    """Whether a message asks to be asked; "harder" does where no harder exercise can be made here."""
    made = lesson.exercise is not None and lesson.exercise.equation is not None
    return lesson.intent is Intent.QUIZ or (lesson.intent is Intent.HARDER and not made)


def read(course: Course, history: Sequence[Turn], question: str, language: str) -> Lesson:
    """Say what a message is after the turns before it."""
    told = [turn for turn in history if turn.status is TurnStatus.COMPLETE]
    last = next((turn.guidance for turn in reversed(told) if turn.guidance), None)
    open_text = last.exercise if last and not last.closed else ""
    intent = read_beside(question, open_text) if open_text else read_intent(question, question_open=False)
    if not open_text and intent in _HELP and len(terms(_PLEA.sub(" ", question))) <= MENTION:
        intent = Intent.EASIER if topic_so_far(told) else Intent.EMPTY
    exercise, ladder = (read_exercise(open_text), _ladder(course, last)) if open_text else (None, None)
    wrong = last.wrong if last and open_text else 0
    if intent is Intent.EXERCISE and not (open_text and same_exercise(question, open_text)):
        known = next((g for g in _guidances(told) if not g.closed and same_exercise(question, g.exercise)), None)
        exercise, ladder, wrong = read_exercise(question), _ladder(course, known), 0
    if intent is Intent.EASIER and exercise is not None and exercise.equation is None:
        intent = Intent.STUCK  # what the course says most simply about it would be its answer
    lines = tuple(
        line for turn in told[-4:] for line in (Line("learner", turn.question), Line("tutor", turn.answer))
    ) + (Line("learner", question),)
    return Lesson(intent, _query(intent, question, exercise, told), question, language, exercise, ladder, wrong, lines)


def plan(lesson: Lesson, found: SearchResult) -> Plan:
    """Choose the move and build its reply; the passages are those found for `lesson.query`."""
    exercise, grade = lesson.exercise, _grade(lesson)
    solvable = exercise is not None and (bool(exercise.keys) or len(exercise.given) > 1)
    covered = found.covered or (solvable and lesson.intent not in (Intent.QUESTION, Intent.DEFINITION))
    alien = lesson.intent is Intent.EXERCISE and not covered
    step = choose(
        Situation(
            intent=lesson.intent,
            covered=covered,
            ladder=None if alien else lesson.ladder,
            question_open=exercise is not None and lesson.intent is not Intent.EXERCISE,
            outcome=grade,
            wrong_guesses=lesson.wrong,
            gives_reason=_gives_reason(lesson.text),
            helped=lesson.ladder is not None and lesson.ladder.rung > Rung.GROUND,
        )
    )
    hits = extracts.teaching(found.hits) if found.covered else ()
    reply, fresh = _reply(lesson, step, hits)
    if reply is None and not found.covered:
        step = replace(step, move=Move.NOT_COVERED)
    plan = Plan(
        move=step.move,
        guidance=_guidance(lesson, step, fresh, grade),
        reply=reply,
        guarded=exercise is not None and (bool(exercise.keys) or step.move is Move.HINT) and not _may_tell(step),
        keys=_keys(exercise, hits, step),
        lines=lesson.lines,
        instead=reply.text if reply and step.move is not Move.DEFINE else hint_text.tell(lesson.language, "guarded"),
        exercise=exercise.text if exercise else "",
    )
    return replace(plan, reply=None) if plan.defines and plan.leaks(reply.text if reply else "") else plan


def _ladder(course: Course, last: Guidance | None) -> Ladder:
    """The ladder as the last turn left it, under the help level of now."""
    start = Ladder(course.help_level)
    if last is None or not last.exercise:
        return start
    rung = Rung(min(last.rung, start.top))
    return Ladder(course.help_level, rung, last.sharpness if last.rung == rung else 0)


def _guidances(turns: Sequence[Turn]) -> list[Guidance]:
    return [turn.guidance for turn in reversed(turns) if turn.guidance and turn.guidance.exercise]


def _query(intent: Intent, question: str, exercise: Exercise | None, told: Sequence[Turn]) -> str:
    """What to look for: the exercise rather than "I don't know", the topic so far rather than "an example, please"."""
    if intent in (Intent.QUESTION, Intent.DEFINITION):
        return question
    if exercise is not None and intent is not Intent.SUMMARISE:
        return exercise.text
    if intent in (Intent.EXAMPLE, Intent.EASIER, Intent.HARDER, Intent.QUIZ, Intent.SUMMARISE):
        own = " ".join(_REQUEST.sub(" ", question).split())
        return own or topic_so_far(told)
    return question


def topic_so_far(told: Sequence[Turn]) -> str:
    """What was talked about last; "" when nothing was. An exercise counts where the course treats it."""
    for turn in reversed(told):
        aside = turn.guidance is None or turn.guidance.move in (Move.ANSWER, Move.DEFINE)
        if turn.covered and turn.guidance and turn.guidance.exercise and not aside:
            return turn.guidance.exercise
        if turn.covered and (turn.guidance is None or turn.guidance.move in _TALK):
            return turn.question
    return ""


def _grade(lesson: Lesson) -> Outcome | None:
    """Grade an answer to the exercise at hand: a value exactly, a line of working as a right step; None: no answer."""
    exercise = lesson.exercise
    if lesson.intent is not Intent.ANSWER or exercise is None or not exercise.keys:
        return None
    if exercise.equation and keeps_solution(lesson.text, exercise.equation):
        ended = _result(lesson.text)
        found = bool(ended) and grade_number(ended, exercise.keys).outcome is Outcome.RIGHT
        return Outcome.RIGHT if found else Outcome.PARTIAL
    said = _DOUBT.sub("", lesson.text).strip()
    graded: Grade = grade_number(said, exercise.keys)
    if graded.outcome is Outcome.UNSURE and (value := _result(lesson.text)):
        graded = grade_number(value, exercise.keys)
    return graded.outcome


def _result(working: str) -> str:
    """The value that a line of working ends in ("..., so x = 7"), "" where it ends in none or names several."""
    named = {value.replace(" ", "") for value in _NAMED.findall(working)}
    ended = _ENDS_IN.search(working)
    return ended[1] if ended and len(named) <= 1 and not _HEDGE.search(working) else ""


def _gives_reason(text: str) -> bool:
    """Whether somebody says how she got there; "because 7" says nothing."""
    words = len(re.findall(r"[A-Za-z]{2,}", text)) + len(re.findall(r"[\u3400-\u9fff]", text)) // 2
    return bool(_REASON.search(text)) and words >= REASON


def _may_tell(step: Step) -> bool:
    """Whether this reply may hold the answer: it was found, or the course allows the last rung."""
    return step.move is Move.CONFIRM or (step.ladder is not None and step.ladder.rung is Rung.ANSWER)


def _keys(exercise: Exercise | None, hits: Sequence[Hit], step: Step) -> tuple[str, ...]:
    if exercise is None:
        return ()
    if exercise.keys or len(exercise.given) > 1 or step.move is not Move.HINT:
        return exercise.keys
    point = extracts.ground(exercise.text, hits).point
    return (" ".join(point),) if point else ()


def _guidance(lesson: Lesson, step: Step, fresh: str, grade: Outcome | None) -> Guidance:
    """What is stored with the turn, and what the next one begins from."""
    move, ladder = step.move, step.ladder
    if fresh:
        start = Ladder(lesson.ladder.level) if lesson.ladder else None
        return Guidance(move.value, step.why, fresh, 0, int(start.top) if start else 0)
    text = lesson.exercise.text if lesson.exercise and ladder else ""
    ended = move in (Move.CONFIRM, Move.SKIP) or _may_tell(step)
    wrong = lesson.wrong + 1 if grade is Outcome.WRONG else 0 if move is Move.CONFIRM else lesson.wrong
    return Guidance(
        move=move.value,
        why=step.why,
        exercise=text,
        rung=int(ladder.rung) if ladder and text else 0,
        top=int(ladder.top) if ladder and text else 0,
        sharpness=ladder.sharpness if ladder and text else 0,
        wrong=wrong,
        closed=bool(text) and ended,
    )


def _reply(lesson: Lesson, step: Step, hits: Sequence[Hit]) -> tuple[Reply | None, str]:
    """The reply in own words, and the fresh exercise that it sets; (None, "") where the model answers."""
    exercise, language = lesson.exercise, lesson.language
    match step.move:
        case Move.HINT if exercise is not None and step.ladder is not None:
            return _hint(lesson, exercise, step.ladder, hits), ""
        case Move.CONFIRM if exercise is not None:
            return _confirm(lesson, exercise, fresh=step.then_check)
        case Move.DEFINE if found := extracts.defined(lesson.text, hits):
            return Reply(f"{found[1]} [1]", (extracts.cited(1, *found),)), ""
        case Move.COMPLETE:
            return Reply(hint_text.tell(language, "right_step")), ""
        case Move.EXPLAIN_TASK if exercise is not None:
            asked = exercise.asked or exercise.text
            return Reply(hint_text.tell(language, "task", asked=asked)), ""
        case Move.REFER if exercise is not None:
            return Reply(hint_text.tell(language, "refer", asked=exercise.asked or exercise.text)), ""
        case Move.ASK_REASON:
            return Reply(hint_text.tell(language, "ask_reason")), ""
        case Move.SKIP:
            return Reply(hint_text.tell(language, "skip")), ""
        case Move.INVITE | Move.REPLY:
            return Reply(hint_text.tell(language, "invite")), ""
        case Move.EXAMPLE | Move.EASIER | Move.HARDER | Move.SUMMARISE as move:
            return _tapped(lesson, move, hits)
    return None, ""


def _hint(lesson: Lesson, exercise: Exercise, ladder: Ladder, hits: Sequence[Hit]) -> Reply | None:
    ground = extracts.ground(exercise.text, hits)
    text = hint_text.rung_text(exercise, ladder, ground, lesson.language)
    if lesson.intent is Intent.ANSWER and text:
        space = "" if lesson.language == "zh" else " "
        text = f"{hint_text.tell(lesson.language, 'not_right')}{space}{text}"
    if not text:
        return None
    return Reply(text, (extracts.cited(1, hits[0], ground.sentence),) if hits and "[1]" in text else ())


def _confirm(lesson: Lesson, exercise: Exercise, *, fresh: bool) -> tuple[Reply, str]:
    language, equation = lesson.language, exercise.equation
    if equation is None:
        text, sum_ = hint_text.tell(language, "right"), hint_text.another_sum(exercise.formula)
        if not fresh or not sum_:
            return Reply(text), ""
        problem = hint_text.tell(language, "work_out", formula=sum_)
        return Reply(f"{text} {hint_text.tell(language, 'fresh', problem=problem)}"), problem
    value = shown(equation.solution)
    text = hint_text.tell(language, "right_check", x=equation.unknown, value=value, equation=equation.text)
    if not fresh:
        return Reply(text), ""
    problem = hint_text.tell(language, "solve", equation=hint_text.another(equation, len(lesson.text)).text)
    return Reply(f"{text} {hint_text.tell(language, 'fresh', problem=problem)}"), problem


def _tapped(lesson: Lesson, move: Move, hits: Sequence[Hit]) -> tuple[Reply | None, str]:
    """The one-tap requests: about the exercise at hand, else about what was talked of last."""
    exercise, language = lesson.exercise, lesson.language
    if exercise is not None and move is Move.EXAMPLE:
        return Reply(hint_text.similar_text(exercise, extracts.ground(exercise.text, hits), language)), ""
    if exercise is not None and exercise.equation and move in (Move.EASIER, Move.HARDER):
        other = hint_text.another(
            exercise.equation, len(lesson.lines), easier=move is Move.EASIER, harder=move is Move.HARDER
        )
        problem = hint_text.tell(language, "solve", equation=other.text)
        return Reply(hint_text.tell(language, move.value, problem=problem)), problem
    if not lesson.query:
        return Reply(hint_text.tell(language, "no_topic")), ""
    if not hits:
        return None, ""
    if move is Move.EXAMPLE:
        found = extracts.example(hits)
        points = [found] if found else []
        intro = hint_text.tell(language, "example_intro", place=extracts.place(found[0])) if found else ""
    else:
        points = extracts.main_points(lesson.query, hits, 1 if move is Move.EASIER else 4)
        points = [(hit, said) for hit, said in points if said != _kept_back(exercise, hits)]
        intro = hint_text.tell(language, "simple_intro" if move is Move.EASIER else "summary_intro")
    if not points:
        return Reply(hint_text.tell(language, "no_example")), ""
    return _listed(intro, points), ""


def _kept_back(exercise: Exercise | None, hits: Sequence[Hit]) -> str:
    """The sentence that a task in words is looking for, "" without one."""
    return extracts.ground(exercise.text, hits).sentence if exercise is not None and not exercise.keys else ""


def _listed(intro: str, points: Sequence[tuple[Hit, str]]) -> Reply:
    lines = [f"{sentence} [{number}]" for number, (_hit, sentence) in enumerate(points, start=1)]
    text = f"{intro} {lines[0]}" if len(lines) == 1 else "\n".join([intro, "", *(f"- {line}" for line in lines)])
    return Reply(text, tuple(extracts.cited(n, hit, s) for n, (hit, s) in enumerate(points, start=1)))

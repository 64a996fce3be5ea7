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
from knowledge.lexical import tokenize
from tutor.assessment.items import Grade
from tutor.assessment.maths_grading import grade_number
from tutor.chat import extracts
from tutor.chat.citations import strip_citation_marks
from tutor.domain import Citation, Course, Guidance, Outcome, Person, Turn, TurnStatus
from tutor.locales import t
from tutor.maths.linear_equation import format_fraction
from tutor.maths.numbers import parse_number, read_numbers
from tutor.pedagogy import hint_text, similar_exercises
from tutor.pedagogy.dialogue_moves import DialogueState, Move, MoveChoice, choose_move
from tutor.pedagogy.exercise import Exercise, has_same_solution, is_same_exercise, parse_exercise
from tutor.pedagogy.intents import Intent, classify_exercise_intent, classify_intent
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.leak_features import Utterance
from tutor.pedagogy.leak_guard import check_leak

_REQUEST_WORDS = re.compile(
    r"\b(?:please|can you|could you|give|show|me|us|an?|another|one more|examples?|of|for|on|about|the|quiz|test|ask|"
    r"summari[sz]e|summary|sum up|recap|easier|simpler|harder|more|explain|it|this|that|question|"
    r"practice|make|too|hard|in|was|is)\b|请|给我|举|一?个|例子|总结|概括|小结|考考我|出(?:一)?道?题|关于|简单(?:一?点|些)?|难(?:一?点|些)?|一下|一遍|[吧呗]|[?？!！。.,，]",
    re.IGNORECASE,
)
_HEDGED_PREFIX = re.compile(
    r"^\W*(?:is it|is the answer|would it be|could it be|maybe|i think(?: it is| it's)?|it is|it's|so)\b|\?+\s*$", re.I
)
_REASON_WORDS = re.compile(
    r"\b(?:because|since|first|then|so that|therefore|subtract|add|divid|multipl)|因为|所以|先|然后|两边", re.I
)
_FINAL_VALUE = re.compile(
    r"(?:=|\b(?:is|get|got|gives|makes|equals)|[得是为])"
    r"\s*([-−]?\d+(?:\.\d+)?(?:/\d+)?)\s*[.!。！]?\s*$",
    re.IGNORECASE,
)
_NAMED_VALUES = re.compile(r"\b[A-Za-z]\s*=\s*([-−]?\s*\d+(?:\.\d+)?(?:/\d+)?)(?![\w+*])")
_ALTERNATIVES = re.compile(r"\bor\b|\beither\b|\bmaybe\b|或|\?|？", re.IGNORECASE)
_HELP_WORDS = re.compile(
    r"\b(?:i|don'?t|do not|know|understand|get it|am|stuck|lost|give|tell|show|me|a|another|hint|help|just|please"
    r"|need|the|answer|solution|no|idea|clue)\b",
    re.IGNORECASE,
)
_HELP_INTENTS = (Intent.STUCK, Intent.TELL_ME)
MAX_NEUTRAL_NUMBER_WORD = 3  # in words, such a number stands in sentences about anything
MIN_REASON_WORDS = 4  # words of which a reason has at least so many
MIN_TOPIC_TERMS = 3  # words of its own from which a plea is about something
_TOPIC_MOVES = (Move.ANSWER, Move.DEFINE, Move.HINT)


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """What a message is, read before passages are looked for. `query` is what to look for."""

    intent: Intent
    search_query: str
    text: str
    language: str
    exercise: Exercise | None  # the one at hand, or that which the message sets
    ladder: Ladder | None
    wrong_in_a_row: int = 0
    dialogue: tuple[Utterance, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in the tutor's own words, with what it cites."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class QuizReply:
    """A reply that needs neither passages nor a model, with what the turn was."""

    text: str
    guidance: Guidance


class ChatQuizzer(Protocol):
    """Poses stored questions in the chat and takes the answers."""

    def pose(self, actor: Person, course_id: str, topic: str, language: str, *, harder: bool = False) -> QuizReply: ...

    def respond(self, actor: Person, posed_id: str, turn_id: str, text: str) -> QuizReply | None: ...


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """The move of a turn. Without `reply` the model answers; a guarded draft is judged before anything is shown.

    `instead` stands for a draft that leaks. A `rewritable` reply may be said in better words by a model that can.
    """

    move: Move
    guidance: Guidance
    reply: Reply | None
    guarded: bool = False
    answer_keys: tuple[str, ...] = ()
    dialogue: tuple[Utterance, ...] = ()
    fallback_text: str = ""
    exercise: str = ""

    @property
    def has_definition(self) -> bool:
        """Whether the course's own definition is at hand."""
        return self.move is Move.DEFINE and self.reply is not None

    @property
    def is_rewritable_hint(self) -> bool:
        return self.move is Move.HINT and self.reply is not None and self.guarded

    def leaks(self, draft: str) -> bool:
        """Whether a draft gives the answer away; a number that nobody has said yet is not even mentioned."""
        plain = strip_citation_marks(draft)
        return self.guarded and (
            check_leak(plain, self.dialogue, self.answer_keys).leaks or self._mentions_answer_number(plain)
        )

    def _mentions_answer_number(self, draft: str) -> bool:
        said = {abs(m.value) for line in self.dialogue for m in read_numbers(line.text)}
        keys = {abs(m.value) for key in self.answer_keys if (m := parse_number(key))}
        told = {abs(m.value) for m in read_numbers(draft) if not (m.spelled_out and m.value <= MAX_NEUTRAL_NUMBER_WORD)}
        return bool((keys - said) & told)


def open_question_id(history: Sequence[Turn]) -> str:
    """Return the id of the stored question that the last turn left open, "" without one."""
    told = [turn.guidance for turn in history if turn.status is TurnStatus.COMPLETE and turn.guidance]
    return told[-1].posed if told else ""


def is_quiz_request(message: ParsedMessage) -> bool:
    """Whether a message asks to be asked; "harder" does where no harder exercise can be made here."""
    made = message.exercise is not None and message.exercise.equation is not None
    return message.intent is Intent.QUIZ or (message.intent is Intent.HARDER and not made)


def parse_message(course: Course, history: Sequence[Turn], question: str, language: str) -> ParsedMessage:
    """Say what a message is after the turns before it."""
    told = [turn for turn in history if turn.status is TurnStatus.COMPLETE]
    last = next((turn.guidance for turn in reversed(told) if turn.guidance), None)
    open_text = last.exercise if last and not last.closed else ""
    intent = (
        classify_exercise_intent(question, open_text) if open_text else classify_intent(question, question_open=False)
    )
    if not open_text and intent in _HELP_INTENTS and len(tokenize(_HELP_WORDS.sub(" ", question))) <= MIN_TOPIC_TERMS:
        intent = Intent.EASIER if current_topic(told) else Intent.EMPTY
    exercise, ladder = (parse_exercise(open_text), _resume_ladder(course, last)) if open_text else (None, None)
    wrong = last.wrong if last and open_text else 0
    if intent is Intent.EXERCISE and not (open_text and is_same_exercise(question, open_text)):
        known = next(
            (g for g in _exercise_guidances(told) if not g.closed and is_same_exercise(question, g.exercise)), None
        )
        exercise, ladder, wrong = parse_exercise(question), _resume_ladder(course, known), 0
    if intent is Intent.EASIER and exercise is not None and exercise.equation is None:
        intent = Intent.STUCK  # what the course says most simply about it would be its answer
    lines = tuple(
        line for turn in told[-4:] for line in (Utterance("learner", turn.question), Utterance("tutor", turn.answer))
    ) + (Utterance("learner", question),)
    return ParsedMessage(
        intent, _search_query(intent, question, exercise, told), question, language, exercise, ladder, wrong, lines
    )


def plan_turn(message: ParsedMessage, found: SearchResult) -> TurnPlan:
    """Choose the move and build its reply; the passages are those found for `lesson.query`."""
    exercise, outcome = message.exercise, _grade_message(message)
    solvable = exercise is not None and (bool(exercise.keys) or len(exercise.given_numbers) > 1)
    covered = found.covered or (solvable and message.intent not in (Intent.QUESTION, Intent.DEFINITION))
    off_course = message.intent is Intent.EXERCISE and not covered
    step = choose_move(
        DialogueState(
            intent=message.intent,
            covered=covered,
            ladder=None if off_course else message.ladder,
            question_open=exercise is not None and message.intent is not Intent.EXERCISE,
            outcome=outcome,
            wrong_guesses=message.wrong_in_a_row,
            gives_reason=_gives_reason(message.text),
            hint_given=message.ladder is not None and message.ladder.rung > Rung.NONE,
        )
    )
    hits = extracts.teaching_passages(found.hits) if found.covered else ()
    reply, fresh = _build_reply(message, step, hits)
    if reply is None and not found.covered:
        step = replace(step, move=Move.NOT_COVERED)
    plan = TurnPlan(
        move=step.move,
        guidance=_next_guidance(message, step, fresh, outcome),
        reply=reply,
        guarded=exercise is not None
        and (bool(exercise.keys) or step.move is Move.HINT)
        and not _may_reveal_answer(step),
        answer_keys=_answer_keys(exercise, hits, step),
        dialogue=message.dialogue,
        fallback_text=reply.text
        if reply and step.move is not Move.DEFINE
        else t(message.language, "exercise_guarded"),
        exercise=exercise.text if exercise else "",
    )
    return replace(plan, reply=None) if plan.has_definition and plan.leaks(reply.text if reply else "") else plan


def _resume_ladder(course: Course, last: Guidance | None) -> Ladder:
    """The ladder as the last turn left it, under the help level of now."""
    start = Ladder(course.help_level)
    if last is None or not last.exercise:
        return start
    rung = Rung(min(last.rung, start.top))
    return Ladder(course.help_level, rung, last.sharpness if last.rung == rung else 0)


def _exercise_guidances(turns: Sequence[Turn]) -> list[Guidance]:
    return [turn.guidance for turn in reversed(turns) if turn.guidance and turn.guidance.exercise]


def _search_query(intent: Intent, question: str, exercise: Exercise | None, turns: Sequence[Turn]) -> str:
    """What to look for: the exercise rather than "I don't know", the topic so far rather than "an example, please"."""
    if intent in (Intent.QUESTION, Intent.DEFINITION):
        return question
    if exercise is not None and intent is not Intent.SUMMARISE:
        return exercise.text
    if intent in (Intent.EXAMPLE, Intent.EASIER, Intent.HARDER, Intent.QUIZ, Intent.SUMMARISE):
        own = " ".join(_REQUEST_WORDS.sub(" ", question).split())
        return own or current_topic(turns)
    return question


def current_topic(turns: Sequence[Turn]) -> str:
    """What was talked about last; "" when nothing was. An exercise counts where the course treats it."""
    for turn in reversed(turns):
        aside = turn.guidance is None or turn.guidance.move in (Move.ANSWER, Move.DEFINE)
        if turn.covered and turn.guidance and turn.guidance.exercise and not aside:
            return turn.guidance.exercise
        if turn.covered and (turn.guidance is None or turn.guidance.move in _TOPIC_MOVES):
            return turn.question
    return ""


def _grade_message(message: ParsedMessage) -> Outcome | None:
    """Grade an answer to the exercise at hand: a value exactly, a line of working as a right step; None: no answer."""
    exercise = message.exercise
    if message.intent is not Intent.ANSWER or exercise is None or not exercise.keys:
        return None
    if exercise.equation and has_same_solution(message.text, exercise.equation):
        ended = _final_value(message.text)
        found = bool(ended) and grade_number(ended, exercise.keys).outcome is Outcome.RIGHT
        return Outcome.RIGHT if found else Outcome.PARTIAL
    said = _HEDGED_PREFIX.sub("", message.text).strip()
    graded: Grade = grade_number(said, exercise.keys)
    if graded.outcome is Outcome.UNSURE and (value := _final_value(message.text)):
        graded = grade_number(value, exercise.keys)
    return graded.outcome


def _final_value(working: str) -> str:
    """The value that a line of working ends in ("..., so x = 7"), "" where it ends in none or names several."""
    named = {value.replace(" ", "") for value in _NAMED_VALUES.findall(working)}
    ended = _FINAL_VALUE.search(working)
    return ended[1] if ended and len(named) <= 1 and not _ALTERNATIVES.search(working) else ""


def _gives_reason(text: str) -> bool:
    """Whether somebody says how she got there; "because 7" says nothing."""
    words = len(re.findall(r"[A-Za-z]{2,}", text)) + len(re.findall(r"[\u3400-\u9fff]", text)) // 2
    return bool(_REASON_WORDS.search(text)) and words >= MIN_REASON_WORDS


def _may_reveal_answer(step: MoveChoice) -> bool:
    """Whether this reply may hold the answer: it was found, or the course allows the last rung."""
    return step.move is Move.CONFIRM or (step.ladder is not None and step.ladder.rung is Rung.ANSWER)


def _answer_keys(exercise: Exercise | None, hits: Sequence[Hit], step: MoveChoice) -> tuple[str, ...]:
    if exercise is None:
        return ()
    if exercise.keys or len(exercise.given_numbers) > 1 or step.move is not Move.HINT:
        return exercise.keys
    point = extracts.extract_for_hint(exercise.text, hits).missing_words
    return (" ".join(point),) if point else ()


def _next_guidance(message: ParsedMessage, step: MoveChoice, new_exercise: str, outcome: Outcome | None) -> Guidance:
    """What is stored with the turn, and what the next one begins from."""
    move, ladder = step.move, step.ladder
    if new_exercise:
        start = Ladder(message.ladder.level) if message.ladder else None
        return Guidance(move.value, step.why, new_exercise, 0, int(start.top) if start else 0)
    text = message.exercise.text if message.exercise and ladder else ""
    ended = move in (Move.CONFIRM, Move.SKIP) or _may_reveal_answer(step)
    wrong = (
        message.wrong_in_a_row + 1
        if outcome is Outcome.WRONG
        else 0
        if move is Move.CONFIRM
        else message.wrong_in_a_row
    )
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


def _build_reply(message: ParsedMessage, step: MoveChoice, hits: Sequence[Hit]) -> tuple[Reply | None, str]:
    """The reply in own words, and the fresh exercise that it sets; (None, "") where the model answers."""
    exercise, language = message.exercise, message.language
    match step.move:
        case Move.HINT if exercise is not None and step.ladder is not None:
            return _hint_reply(message, exercise, step.ladder, hits), ""
        case Move.CONFIRM if exercise is not None:
            return _confirm_reply(message, exercise, pose_another=step.then_check)
        case Move.DEFINE if found := extracts.find_definition(message.text, hits):
            return Reply(f"{found[1]} [1]", (extracts.cite_sentence(1, *found),)), ""
        case Move.COMPLETE:
            return Reply(t(language, "exercise_right_step")), ""
        case Move.EXPLAIN_TASK if exercise is not None:
            asked = exercise.question or exercise.text
            return Reply(t(language, "exercise_task", asked=asked)), ""
        case Move.REFER if exercise is not None:
            return Reply(t(language, "exercise_refer", asked=exercise.question or exercise.text)), ""
        case Move.ASK_REASON:
            return Reply(t(language, "exercise_ask_reason")), ""
        case Move.SKIP:
            return Reply(t(language, "exercise_skip")), ""
        case Move.INVITE | Move.REPLY:
            return Reply(t(language, "exercise_invite")), ""
        case Move.EXAMPLE | Move.EASIER | Move.HARDER | Move.SUMMARISE as move:
            return _quick_action_reply(message, move, hits)
    return None, ""


def _hint_reply(message: ParsedMessage, exercise: Exercise, ladder: Ladder, hits: Sequence[Hit]) -> Reply | None:
    ground = extracts.extract_for_hint(exercise.text, hits)
    text = hint_text.hint_for_rung(exercise, ladder, ground, message.language)
    if message.intent is Intent.ANSWER and text:
        space = "" if message.language == "zh" else " "
        text = f"{t(message.language, 'exercise_not_right')}{space}{text}"
    if not text:
        return None
    return Reply(text, (extracts.cite_sentence(1, hits[0], ground.sentence),) if hits and "[1]" in text else ())


def _confirm_reply(message: ParsedMessage, exercise: Exercise, *, pose_another: bool) -> tuple[Reply, str]:
    language, equation = message.language, exercise.equation
    if equation is None:
        text, sum_ = t(language, "exercise_right"), similar_exercises.make_similar_arithmetic(exercise.formula)
        if not pose_another or not sum_:
            return Reply(text), ""
        problem = t(language, "exercise_work_out", formula=sum_)
        return Reply(f"{text} {t(language, 'exercise_fresh', problem=problem)}"), problem
    value = format_fraction(equation.solution)
    text = t(language, "exercise_right_check", x=equation.unknown, value=value, equation=equation.text)
    if not pose_another:
        return Reply(text), ""
    problem = t(
        language, "exercise_solve", equation=similar_exercises.make_similar_equation(equation, len(message.text)).text
    )
    return Reply(f"{text} {t(language, 'exercise_fresh', problem=problem)}"), problem


def _quick_action_reply(message: ParsedMessage, move: Move, hits: Sequence[Hit]) -> tuple[Reply | None, str]:
    """The one-tap requests: about the exercise at hand, else about what was talked of last."""
    exercise, language = message.exercise, message.language
    if exercise is not None and move is Move.EXAMPLE:
        return Reply(hint_text.similar_example(exercise, extracts.extract_for_hint(exercise.text, hits), language)), ""
    if exercise is not None and exercise.equation and move in (Move.EASIER, Move.HARDER):
        other = similar_exercises.make_similar_equation(
            exercise.equation, len(message.dialogue), easier=move is Move.EASIER, harder=move is Move.HARDER
        )
        problem = t(language, "exercise_solve", equation=other.text)
        return Reply(t(language, f"exercise_{move.value}", problem=problem)), problem
    if not message.search_query:
        return Reply(t(language, "exercise_no_topic")), ""
    if not hits:
        return None, ""
    if move is Move.EXAMPLE:
        found = extracts.find_example(hits)
        points = [found] if found else []
        intro = t(language, "exercise_example_intro", place=extracts.location_label(found[0])) if found else ""
    else:
        points = extracts.key_sentences(message.search_query, hits, 1 if move is Move.EASIER else 4)
        points = [(hit, said) for hit, said in points if said != _withheld_sentence(exercise, hits)]
        intro = t(language, "exercise_simple_intro" if move is Move.EASIER else "exercise_summary_intro")
    if not points:
        return Reply(t(language, "exercise_no_example")), ""
    return _bulleted_reply(intro, points), ""


def _withheld_sentence(exercise: Exercise | None, hits: Sequence[Hit]) -> str:
    """The sentence that a task in words is looking for, "" without one."""
    return extracts.extract_for_hint(exercise.text, hits).sentence if exercise is not None and not exercise.keys else ""


def _bulleted_reply(intro: str, points: Sequence[tuple[Hit, str]]) -> Reply:
    lines = [f"{sentence} [{number}]" for number, (_hit, sentence) in enumerate(points, start=1)]
    text = f"{intro} {lines[0]}" if len(lines) == 1 else "\n".join([intro, "", *(f"- {line}" for line in lines)])
    return Reply(text, tuple(extracts.cite_sentence(n, hit, s) for n, (hit, s) in enumerate(points, start=1)))

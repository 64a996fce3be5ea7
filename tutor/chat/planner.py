"""Plans a turn: chooses its move in code, and builds the reply of every move that needs no model."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge.documents import SearchResult
from tutor.answers.course_reading import CourseReading
from tutor.chat import extracts
from tutor.chat.citations import strip_citation_marks
from tutor.chat.course_answers import quote_lines
from tutor.chat.exercise_grading import gives_reason, grade_message
from tutor.chat.message_parsing import QUESTION_INTENTS, ParsedMessage
from tutor.chat.plan_replies import EXTRACT_MOVES, Reply, build_reply
from tutor.domain import Guidance, Outcome
from tutor.locales import t
from tutor.maths.numbers import parse_number, read_numbers
from tutor.pedagogy.dialogue_moves import DialogueState, Move, MoveChoice, choose_move
from tutor.pedagogy.exercise import Exercise
from tutor.pedagogy.hint_text import HintContext
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.leak_features import Utterance
from tutor.pedagogy.leak_guard import check_leak

ANSWER_MOVES = (Move.ANSWER, Move.DEFINE)  # these answer a question about the material
MAX_NEUTRAL_NUMBER_WORD = 3  # "one" to "three" in words occur in sentences about anything


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """The move of a turn. Without `reply` the model answers; a guarded draft is checked before anything is shown."""

    move: Move
    guidance: Guidance
    reply: Reply | None
    guarded: bool = False
    answer_keys: tuple[str, ...] = ()
    dialogue: tuple[Utterance, ...] = ()
    fallback_text: str = ""  # shown in place of a draft that leaks
    exercise: str = ""

    @property
    def has_definition(self) -> bool:
        """Whether the reply answers in the course's own words: a definition, a list, both sides of a comparison."""
        return self.move in ANSWER_MOVES and self.reply is not None

    @property
    def is_rewritable_hint(self) -> bool:
        """Whether the reply is a hint that a capable model may rewrite."""
        return self.move is Move.HINT and self.reply is not None and self.guarded

    def leaks(self, draft: str) -> bool:
        """Return whether a draft gives the answer away; its number may not even be mentioned before somebody did."""
        plain = strip_citation_marks(draft)
        return self.guarded and (
            check_leak(plain, self.dialogue, self.answer_keys).leaks or self._mentions_answer_number(plain)
        )

    def _mentions_answer_number(self, draft: str) -> bool:
        known = {abs(m.value) for line in self.dialogue for m in read_numbers(line.text)}
        keys = {abs(m.value) for key in self.answer_keys if (m := parse_number(key))}
        mentioned = {
            abs(m.value) for m in read_numbers(draft) if not (m.spelled_out and m.value <= MAX_NEUTRAL_NUMBER_WORD)
        }
        return bool((keys - known) & mentioned)


def plan_turn(message: ParsedMessage, found: SearchResult, reading: CourseReading | None = None) -> TurnPlan:
    """Choose the move and build its reply; `found` are the passages for `message.search_query`.

    A question that the course answers as it stands, according to `reading`, is answered with its words.
    """
    exercise, outcome = message.exercise, grade_message(message)
    step = _choose_step(message, found, outcome)
    hits = extracts.teaching_passages(found.hits) if found.covered else ()
    needs_context = exercise is not None and step.move in EXTRACT_MOVES
    context = extracts.extract_for_hint(exercise.text, hits) if exercise and needs_context else HintContext()
    reply, new_exercise = build_reply(message, step, hits, context)
    if reading is not None and reading.quote and step.move in ANSWER_MOVES:
        reply = quote_lines(reading.quote)
    if reply is None and not found.covered:
        step = replace(step, move=Move.NOT_COVERED)
    plan = TurnPlan(
        move=step.move,
        guidance=_next_guidance(message, step, new_exercise, outcome),
        reply=reply,
        guarded=_needs_guard(exercise, step),
        answer_keys=_answer_keys(exercise, context, step),
        dialogue=message.dialogue,
        fallback_text=reply.text
        if reply and step.move not in ANSWER_MOVES
        else t(message.language, "exercise_guarded"),
        exercise=exercise.text if exercise else "",
    )
    is_leaking_definition = plan.has_definition and reply is not None and plan.leaks(reply.text)
    return replace(plan, reply=None) if is_leaking_definition else plan


def _choose_step(message: ParsedMessage, found: SearchResult, outcome: Outcome | None) -> MoveChoice:
    exercise = message.exercise
    is_solvable = exercise is not None and (bool(exercise.keys) or len(exercise.given_numbers) > 1)
    covered = found.covered or (is_solvable and message.intent not in QUESTION_INTENTS)
    off_course = message.intent is Intent.EXERCISE and not covered
    return choose_move(
        DialogueState(
            intent=message.intent,
            covered=covered,
            ladder=None if off_course else message.ladder,
            question_open=exercise is not None and message.intent is not Intent.EXERCISE,
            outcome=outcome,
            wrong_guesses=message.wrong_in_a_row,
            gives_reason=gives_reason(message.text),
            hint_given=message.ladder is not None and message.ladder.rung > Rung.NONE,
        )
    )


def _needs_guard(exercise: Exercise | None, step: MoveChoice) -> bool:
    has_answer = exercise is not None and (bool(exercise.keys) or step.move is Move.HINT)
    return has_answer and not _may_reveal_answer(step)


def _may_reveal_answer(step: MoveChoice) -> bool:
    """Return whether this reply may contain the answer: the learner found it, or the course allows the last rung."""
    return step.move is Move.CONFIRM or (step.ladder is not None and step.ladder.rung is Rung.ANSWER)


def _answer_keys(exercise: Exercise | None, context: HintContext, step: MoveChoice) -> tuple[str, ...]:
    """Return what the leak guard looks for: the exercise's answers, or the words that a task in words asks for."""
    if exercise is None:
        return ()
    if exercise.keys or len(exercise.given_numbers) > 1 or step.move is not Move.HINT:
        return exercise.keys
    return (" ".join(context.missing_words),) if context.missing_words else ()


def _next_guidance(message: ParsedMessage, step: MoveChoice, new_exercise: str, outcome: Outcome | None) -> Guidance:
    """Return what is stored with the turn; the next turn starts from it. An aside leaves a posed question open."""
    move, ladder = step.move, step.ladder
    if new_exercise:
        top = int(Ladder(message.ladder.level).top) if message.ladder else 0
        return Guidance(move.value, step.why, new_exercise, top=top, posed=message.open_question_id)
    text = message.exercise.text if message.exercise and ladder else ""
    return Guidance(
        move=move.value,
        why=step.why,
        exercise=text,
        rung=int(ladder.rung) if ladder and text else 0,
        top=int(ladder.top) if ladder and text else 0,
        sharpness=ladder.sharpness if ladder and text else 0,
        wrong=_wrong_in_a_row(message, move, outcome),
        closed=bool(text) and (move in (Move.CONFIRM, Move.SKIP) or _may_reveal_answer(step)),
        posed=message.open_question_id,
    )


def _wrong_in_a_row(message: ParsedMessage, move: Move, outcome: Outcome | None) -> int:
    if outcome is Outcome.WRONG:
        return message.wrong_in_a_row + 1
    return 0 if move is Move.CONFIRM else message.wrong_in_a_row

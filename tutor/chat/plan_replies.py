"""The replies that need no model: a hint, a confirmation, a definition, an example, a summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.documents import Hit
from knowledge.languages import language as language_of
from knowledge.lexical import tokenize
from tutor.chat import extracts
from tutor.chat.message_parsing import ParsedMessage
from tutor.domain import Citation
from tutor.locales import t
from tutor.maths.linear_equation import format_fraction
from tutor.pedagogy import hint_text, similar_exercises
from tutor.pedagogy.dialogue_moves import Move, MoveChoice
from tutor.pedagogy.exercise import Exercise
from tutor.pedagogy.hint_text import HintContext
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.ladder import Ladder
from tutor.pedagogy.task_answers import Progress, judge_message
from tutor.pedagogy.task_hints import say, unfinished_text

MAX_SUMMARY_POINTS = 4
MAX_MORE_SENTENCES = 3
EXTRACT_MOVES = (Move.HINT, Move.EXAMPLE, Move.EASIER, Move.HARDER, Move.SUMMARISE)  # these draw on the passages


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that no model wrote, with what it cites."""

    text: str
    citations: tuple[Citation, ...] = ()


def build_reply(
    message: ParsedMessage, step: MoveChoice, hits: Sequence[Hit], context: HintContext
) -> tuple[Reply | None, str]:
    """Return the reply and the new exercise that it sets; (None, "") where the model answers.

    `context` is what the hits offer for a hint at the exercise in progress.
    """
    exercise, language = message.exercise, message.language
    match step.move:
        case Move.HINT if exercise is not None and step.ladder is not None:
            return _hint_reply(message, exercise, step.ladder, hits, context), ""
        case Move.CONFIRM if exercise is not None:
            return _confirm_reply(message, exercise, pose_another=step.then_check)
        case Move.DEFINE if not message.is_to_be_translated and (found := extracts.find_definition(message.text, hits)):
            return Reply(f"{found[1]} [1]", (extracts.cite_sentence(1, *found),)), ""
        case Move.COMPLETE:
            return Reply(_progress_text(message, exercise)), ""
        case Move.EXPLAIN_TASK if exercise is not None:
            return Reply(t(language, "exercise_task", asked=exercise.question or exercise.text)), ""
        case Move.REFER if exercise is not None:
            return Reply(t(language, "exercise_refer", asked=exercise.question or exercise.text)), ""
        case Move.ASK_REASON:
            return Reply(t(language, "exercise_ask_reason")), ""
        case Move.SKIP:
            return Reply(t(language, "exercise_skip")), ""
        case Move.INVITE | Move.REPLY:
            return Reply(t(language, "exercise_invite")), ""
        case Move.REWORD | Move.MORE:
            return _follow_up_reply(message, hits), ""
        case Move.EXAMPLE | Move.EASIER | Move.HARDER | Move.SUMMARISE as move:
            return _quick_action_reply(message, move, hits, context)
    return None, ""


def _hint_reply(
    message: ParsedMessage, exercise: Exercise, ladder: Ladder, hits: Sequence[Hit], context: HintContext
) -> Reply | None:
    text = hint_text.hint_for_rung(exercise, ladder, context, message.language)
    if not text:
        return None
    if message.intent is Intent.ANSWER:
        space = language_of(message.language).sentence_space
        wrong_line = judge_message(exercise.task, message.text).wrong_line if exercise.task else ""
        if wrong_line:
            text = f"{t(message.language, 'exercise_wrong_line', line=wrong_line)}{space}{text}"
        text = f"{t(message.language, 'exercise_not_right')}{space}{text}"
    return Reply(text, (extracts.cite_sentence(1, hits[0], context.sentence),) if hits and "[1]" in text else ())


def _confirm_reply(message: ParsedMessage, exercise: Exercise, *, pose_another: bool) -> tuple[Reply, str]:
    language, equation = message.language, exercise.equation
    if exercise.task is not None:
        text = t(language, "exercise_task_right", answer=exercise.task.answer.texts[0])
    elif equation is None:
        text = t(language, "exercise_right")
    else:
        value = format_fraction(equation.solution)
        text = t(language, "exercise_right_check", x=equation.unknown, value=value, equation=equation.text)
    problem = _similar_problem(message, exercise) if pose_another else ""
    if not problem:
        return Reply(text), ""
    return Reply(f"{text} {t(language, 'exercise_fresh', problem=problem)}"), problem


def _progress_text(message: ParsedMessage, exercise: Exercise | None) -> str:
    """Return what to say to a right step, or to a right value that is not in its final form."""
    language, task = message.language, exercise.task if exercise else None
    if task is None:
        return t(language, "exercise_right_step")
    if judge_message(task, message.text).progress is not Progress.UNFINISHED:
        return t(language, "exercise_task_right_step")
    return t(language, "exercise_task_unfinished", what=unfinished_text(task, language))


def _similar_problem(message: ParsedMessage, exercise: Exercise) -> str:
    """Return a new exercise of the same kind; "" where none can be made."""
    if exercise.equation is not None:
        similar = similar_exercises.make_similar_equation(exercise.equation, len(message.text))
        return t(message.language, "exercise_solve", equation=similar.text)
    if exercise.task is not None:
        fresh = similar_exercises.make_similar_task(exercise.task, len(message.text))
        return say(fresh.prompt, message.language) if fresh else ""
    formula = similar_exercises.make_similar_arithmetic(exercise.formula)
    return t(message.language, "exercise_work_out", formula=formula) if formula else ""


def _quick_action_reply(
    message: ParsedMessage, move: Move, hits: Sequence[Hit], context: HintContext
) -> tuple[Reply | None, str]:
    """Reply to a quick action: about the exercise in progress, otherwise about the current topic."""
    exercise, language = message.exercise, message.language
    if exercise is not None and move is Move.EXAMPLE:
        return Reply(hint_text.similar_example(exercise, context, language)), ""
    if exercise is not None and exercise.equation and move in (Move.EASIER, Move.HARDER):
        similar = similar_exercises.make_similar_equation(
            exercise.equation, len(message.dialogue), easier=move is Move.EASIER, harder=move is Move.HARDER
        )
        problem = t(language, "exercise_solve", equation=similar.text)
        return Reply(t(language, f"exercise_{move.value}", problem=problem)), problem
    if not message.search_query:
        return Reply(t(language, "exercise_no_topic")), ""
    if not hits:
        return None, ""
    if move is Move.EXAMPLE:
        told = "\n".join(message.last_answer.told) if message.last_answer else ""
        untold = [hit for hit in hits if (one := extracts.find_example([hit])) and one[1] not in told]
        found = extracts.find_example(untold)
        points = [found] if found else []
        intro = t(language, "exercise_example_intro", place=extracts.location_label(found[0])) if found else ""
    else:
        points = extracts.key_sentences(message.search_query, hits, 1 if move is Move.EASIER else MAX_SUMMARY_POINTS)
        if exercise is not None and not exercise.keys:  # its answer is the very sentence that a hint leads to
            points = [(hit, sentence) for hit, sentence in points if sentence != context.sentence]
        intro = t(language, "exercise_simple_intro" if move is Move.EASIER else "exercise_summary_intro")
    if not points:
        return Reply(t(language, "exercise_no_example")), ""
    return _bulleted_reply(intro, points), ""


def _follow_up_reply(message: ParsedMessage, hits: Sequence[Hit]) -> Reply | None:
    """Reply to "shorter", "in other words" or "go on" with sentences of the course that were not said yet."""
    language, last = message.language, message.last_answer
    if not message.search_query:
        return Reply(t(language, "exercise_no_topic"))
    if message.intent is Intent.SHORTER and last is not None and last.sentences:
        marks = " [1]" if last.citations else ""
        text = f"{t(language, 'follow_up_short_intro')} {last.sentences[0]}{marks}"
        return Reply(text, tuple(replace(one, number=1) for one in last.citations[:1]))
    if message.intent is Intent.TRANSLATE:
        return Reply(t(language, "follow_up_cannot_translate"))
    if not hits:
        return None
    told = "\n".join(last.told) if last else ""
    limit = 1 if message.intent in (Intent.REPHRASE, Intent.WHY) else MAX_MORE_SENTENCES
    points = _untold_sentences(message.search_query, hits, told, limit)
    if not points:
        return Reply(t(language, "follow_up_no_more"))
    intro = "follow_up_again_intro" if message.intent is Intent.REPHRASE else "follow_up_more_intro"
    return _bulleted_reply(t(language, intro), points)


def _untold_sentences(topic: str, hits: Sequence[Hit], told: str, limit: int) -> list[tuple[Hit, str]]:
    """Return the first sentences of the best passages that share a word with the topic, or follow one, and are new."""
    wanted = set(tokenize(topic))
    sentences = [(hit, one) for hit in hits[:2] for one in extracts.readable_sentences([hit]) if one not in told]
    near = [pair for pair in sentences if wanted & set(tokenize(pair[1]))]
    return [*near, *(pair for pair in sentences if pair not in near)][:limit]


def _bulleted_reply(intro: str, points: Sequence[tuple[Hit, str]]) -> Reply:
    lines = [f"{sentence} [{number}]" for number, (_hit, sentence) in enumerate(points, start=1)]
    text = f"{intro} {lines[0]}" if len(lines) == 1 else "\n".join([intro, "", *(f"- {line}" for line in lines)])
    return Reply(text, tuple(extracts.cite_sentence(n, hit, s) for n, (hit, s) in enumerate(points, start=1)))

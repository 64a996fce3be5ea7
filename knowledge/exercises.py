"""Exercises that a book prints: their question, options, key and solution, read from the text of a document. Pure.

Read are marked exercises ("**Exercise.** … **Solution.** …", "Problem 3: … Answer: …"), numbered questions under a
heading of exercises, multiple choice with letters or numbers, and answers by number under a heading of answers. The
text of a Markdown, PDF, DOCX or HTML document is read alike. What has no printed key has an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from knowledge.languages import either
from knowledge.passage_roles import PassageRole, heading_role

MAX_PROMPT_CHARS = 1200
MAX_SOLUTION_CHARS = 4000
MIN_PROMPT_CHARS = 8
MAX_OPTIONS = 8
_NUMBER = r"(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,4})"
_STARS = r"[*_]{0,3}"
_MARKED = re.compile(
    rf"^\s*(?:#{{1,6}}\s*)?{_STARS}(?P<mark>{either('exercise_marks', 'EXERCISE_MARK')})"
    rf"\s*(?P<number>{_NUMBER})?\s*(?:[.:：。)]\s*{_STARS}|{_STARS}\s*[.:：]){_STARS}\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_SOLUTION = re.compile(
    rf"^\s*(?:#{{1,6}}\s*)?{_STARS}(?:{either('exercise_marks', 'SOLUTION_MARK')})\s*(?:{_NUMBER})?"
    rf"\s*(?:[.:：。]\s*{_STARS}|{_STARS}\s*[.:：]){_STARS}\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s*(?P<marks>#{1,6})\s+(?P<title>.+?)(?:\s*\{#.*\})?\s*$")
_NUMBERED = re.compile(r"^\s{0,3}\**(?P<number>\d{1,3})[.)、]\**\s+(?P<rest>\S.*)$")
_LETTERED = re.compile(r"^\s*(?:[-*]\s+)?\(?(?P<letter>[a-hA-H])[.)、]\s*(?P<rest>\S.*)$")
_COUNTED = re.compile(r"^\s*(?P<letter>\d{1,2})[.)]\s+(?P<rest>\S.*)$")
_KEY = re.compile(
    rf"^\W*(?:{either('exercise_marks', 'KEY_PREFIX')})?\s*\(?(?P<letter>[a-hA-H])\)?(?:[.):,。\s].*)?\W*$",
    re.IGNORECASE,
)
_KEY_ONLY = re.compile(r"^\W*\(?([a-hA-H])\)?\W*$")
_INLINE_KEYS = re.compile(r"(?:^|[\s,;])(\d{1,3})\s*[.):-]\s*\(?([a-hA-H])\)?(?=[\s,;.]|$)")
_SHARED = re.compile(either("exercise_marks", "SHARED_CONTEXT"), re.IGNORECASE)
_FURNITURE = re.compile(r"^\s*(?:\[Figure|!\[|<|\|)")


@dataclass(frozen=True, slots=True)
class PrintedExercise:
    """An exercise of a book. `key` is the right option of a multiple choice, or "" where the key is the solution."""

    prompt: str
    options: tuple[str, ...] = ()
    key: str = ""
    solution: str = ""
    heading: tuple[str, ...] = ()
    line: int = 0  # of the document, from 0
    number: str = ""
    shares_context: bool = False  # with the exercises around it: "use the following information …"

    @property
    def has_key(self) -> bool:
        return bool(self.key or self.solution)


@dataclass(slots=True)
class _Draft:
    """An exercise while its lines are read."""

    line: int
    heading: tuple[str, ...]
    number: str
    prompt: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    solution: list[str] = field(default_factory=list)
    in_solution: bool = False
    is_marked: bool = True
    shares_context: bool = False


def printed_exercises(text: str) -> list[PrintedExercise]:
    """Return the exercises of a document in their order, each with the key or the solution that the document prints."""
    drafts, answers = _read_lines(text.splitlines())
    found = [made for draft in drafts if (made := _finish(draft)) is not None]
    return [_with_answer(one, answers) for one in found]


def _read_lines(lines: Sequence[str]) -> tuple[list[_Draft], dict[tuple[str, str], str]]:
    """Return the drafts and the answers that stand apart, by chapter and number."""
    drafts: list[_Draft] = []
    answers: dict[tuple[str, str], str] = {}
    headings: list[tuple[int, str]] = []
    current: _Draft | None = None
    is_shared = False
    for at, line in enumerate(lines):
        is_shared = is_shared or _SHARED.search(line) is not None
        marked = _MARKED.match(line)
        solved = _SOLUTION.match(line) if marked is None else None
        heading = _HEADING.match(line) if marked is None and solved is None else None
        if heading:
            headings = [
                *(one for one in headings if one[0] < len(heading["marks"])),
                (len(heading["marks"]), heading["title"]),
            ]
            current, is_shared = None, False
            continue
        titles = tuple(title for _, title in headings)
        role = next((found for title in reversed(titles) if (found := heading_role(title))), None)
        numbered = _NUMBERED.match(line) if role is not None else None
        if marked:
            current = _Draft(at, titles, marked["number"] or "", shares_context=is_shared)
            drafts.append(current)
            _take(current, marked["rest"])
        elif solved and current is not None:
            current.in_solution = True
            _take(current, solved["rest"])
        elif role is PassageRole.ANSWERS and (pairs := _answers_of(line)):
            answers.update({(_chapter(titles), number): answer for number, answer in pairs})
        elif numbered and role is PassageRole.EXERCISES and not _is_option(current, line):
            current = _Draft(at, titles, numbered["number"], is_marked=False, shares_context=is_shared)
            drafts.append(current)
            _take(current, numbered["rest"])
        elif current is not None:
            _take(current, line)
    return drafts, answers


def _chapter(titles: Sequence[str]) -> str:
    return titles[0] if titles else ""


def _answers_of(line: str) -> list[tuple[str, str]]:
    """Return the answers of one line of a key: "3. B", "1. f 2. g 3. e", "12. Because …"."""
    inline = _INLINE_KEYS.findall(line)
    if len(inline) > 1:
        return inline
    match = _NUMBERED.match(line)
    return [(match["number"], match["rest"].strip())] if match else []


def _is_option(current: _Draft | None, line: str) -> bool:
    """Whether a numbered line is an option of the marked exercise above it."""
    return current is not None and current.is_marked and not current.in_solution and _COUNTED.match(line) is not None


def _take(draft: _Draft, line: str) -> None:
    """Add a line to the part of the exercise that is being read."""
    if draft.in_solution:
        draft.solution.append(line)
        return
    lettered = _LETTERED.match(line)
    counted = _COUNTED.match(line) if draft.is_marked and draft.prompt and lettered is None else None
    match = lettered or counted
    if match and draft.prompt and len(draft.options) < MAX_OPTIONS:
        draft.options.append((match["letter"], _plain(match["rest"])))
    elif line.strip() and not draft.options:
        draft.prompt.append(line)


def _plain(text: str) -> str:
    """Return a line without emphasis marks."""
    return " ".join(re.sub(r"\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", text).split())


def _finish(draft: _Draft) -> PrintedExercise | None:
    """Return the exercise of a draft; None where its question is too short, too long or a picture."""
    prompt = _plain(" ".join(one for one in draft.prompt if not _FURNITURE.match(one)))
    solution = _join(draft.solution)
    if not MIN_PROMPT_CHARS <= len(prompt) <= MAX_PROMPT_CHARS or _FURNITURE.match(prompt):
        return None
    is_choice = len(draft.options) >= 2 and _are_in_order([letter for letter, _ in draft.options])
    options = tuple(text for _, text in draft.options) if is_choice else ()
    if not is_choice and draft.options:
        prompt = f"{prompt} {' '.join(f'{letter}) {option}' for letter, option in draft.options)}"
    key = _option_of(solution, options) if options else ""
    if options and solution and not key:
        prompt, options = f"{prompt} {' '.join(f'{n}) {option}' for n, option in enumerate(options, 1))}", ()
    return PrintedExercise(
        prompt, options, key, solution, draft.heading, draft.line, draft.number, draft.shares_context
    )


def _join(lines: Iterable[str]) -> str:
    kept: list[str] = []
    for line in lines:
        if _FURNITURE.match(line):
            break
        kept.append(_plain(line))
    return "\n".join(one for one in kept if one)[:MAX_SOLUTION_CHARS]


def _are_in_order(letters: Sequence[str]) -> bool:
    """Whether the marks of options are a, b, c … or 1, 2, 3 …."""
    first = letters[0].lower()
    places = [int(one) if one.isdigit() else ord(one.lower()) - ord("a") + 1 for one in letters]
    return first in ("a", "1") and places == list(range(1, len(places) + 1))


def _option_of(solution: str, options: Sequence[str]) -> str:
    """Return the option that a solution names by its letter or by its words; "" where it names none."""
    first = solution.partition("\n")[0].strip()
    match = _KEY_ONLY.match(first) or (_KEY.match(first) if len(options) >= 2 else None)
    letter = match.group(1) if match and match.re is _KEY_ONLY else match["letter"] if match else ""
    place = ord(letter.lower()) - ord("a") if letter else -1
    if 0 <= place < len(options):
        return options[place]
    return next((option for option in options if option.casefold() == first.casefold().rstrip(".")), "")


def _with_answer(one: PrintedExercise, answers: dict[tuple[str, str], str]) -> PrintedExercise:
    """Return the exercise with the answer that a key at the chapter's end gives to its number."""
    answer = answers.get((_chapter(one.heading), one.number), "") if one.number and not one.has_key else ""
    if not answer:
        return one
    return replace(one, solution=answer, key=_option_of(answer, one.options) if one.options else "")


def with_printed_key(exercises: Iterable[PrintedExercise]) -> Iterator[PrintedExercise]:
    """Yield the exercises whose answer the book prints."""
    return (one for one in exercises if one.has_key)

"""Document titles: what a document is called for a person who knows the course, not its files.

A document whose title only opens it ("Introduction") is named by its file, by the line at its top or by its first
headings; the number of a chapter in the file's name is kept. Documents of one course with the same title are told
apart. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath

from knowledge.documents import Document
from knowledge.headings import heading_topic, is_opening_heading, without_numbering
from knowledge.languages import DEFAULT, characters, data, detect_language, either, table, words

SEPARATOR = " · "  # between the number of a chapter and its topic
MAX_TITLE_CHARS = 160
_NAMED_TOPICS = 2  # headings that name a document without a title of its own
_MAX_PART_NUMBER = 3  # digits

HeadingPath = tuple[str, ...]
_PART = "|".join(sorted((re.escape(part) for part in table("headings", "PART_LABELS")), key=len, reverse=True))
_PREFIX = either("headings", "PART_PREFIX")
_COLON = ":" + characters("terms", "GLOSSARY_COLON")
_FULL_STOP = characters("text", "FULL_STOP")
_FILE_PART = re.compile(
    rf"(?<![^\W\d_])(?P<part>{_PART})[\s_.-]*0*(?P<number>\d{{1,{_MAX_PART_NUMBER}}})(?!\d)"
    rf"|(?:{_PREFIX})\s*0*(?P<counted>\d{{1,{_MAX_PART_NUMBER}}})\s*(?P<measure>{_PART})",
    re.IGNORECASE,
)
_TOP_LINE = re.compile(
    rf"\A(?:[^\n{_COLON}]{{1,60}}[{_COLON}]\s*)?"
    rf"(?:(?P<part>{either('headings', 'NUMBERED_PART')}|lesson|lecture|module)\s+(?P<number>\d{{1,3}})[.:]?\s+"
    rf"|(?P<counted>(?:{_PREFIX})\s*\d{{1,3}}\s*(?:{_PART}))[{_COLON}.]?\s*)"
    rf"(?P<title>[^\n{_FULL_STOP}]{{2,120}})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_NOISE = words("headings", "FILE_NAME_NOISE") | {part.lower() for part in table("headings", "PART_LABELS")}
_MIN_FILE_WORD = 4  # letters of a word in a file's name that says something


def infer_title(title: str, file_name: str, headings: Sequence[HeadingPath]) -> str:
    """Return the title under which a document is shown; a title that it returned comes back unchanged.

    `title` is what its reader found, `headings` are the paths of its blocks or passages in their order.
    """
    title = " ".join(title.split())[:MAX_TITLE_CHARS]
    stem = PurePath(file_name).stem
    part = _part_in_file_name(stem)
    if not is_opening_heading(title) and title not in (stem, file_name):
        return title if part is None or re.search(r"\d", title) else f"{_part_label(part, title)}{SEPARATOR}{title}"
    is_file_name = title in (stem, file_name)
    topic = ("" if is_file_name else _topic_in_file_name(stem)) or _topics_of_headings(headings)
    own = "" if is_file_name else title
    label = _part_label(part, topic or own) if part else _number_in_title(own)
    if own.startswith(label) and not topic:
        return own or topic or title or file_name
    if own.startswith(label) or not without_numbering(own):
        own = ""
    return SEPARATOR.join(filter(None, (label, topic or own))) or title or file_name


def _number_in_title(title: str) -> str:
    """Return the beginning of a title that only counts a part: "Chapter 5" of "Chapter 5 · Introduction"."""
    head = title.partition(SEPARATOR)[0]
    return head if head and not without_numbering(head) else ""


def title_of_top_line(line: str) -> str:
    """Return the title that a line above the text gives a chapter ("biology: chapter 2 Cells. Licence …"), or ""."""
    found = _TOP_LINE.match(line.strip())
    if found is None:
        return ""
    part = found["counted"] or f"{found['part'].capitalize()} {found['number']}"
    return f"{part}{SEPARATOR}{found['title'].strip()}"


def shown_titles(
    documents: Sequence[Document], headings_of: Callable[[], Mapping[str, Sequence[HeadingPath]]]
) -> dict[str, str]:
    """Return the title of each document of a course by its id, no two of them equal.

    `headings_of` gives the heading paths of each document's passages; it is called only where they are needed.
    """
    titles = {document.id: document.title for document in documents}
    if not any(_needs_headings(document) for document in documents) and not _repeated(map(_topic, titles.values())):
        return titles
    headings = headings_of()
    titles = {d.id: infer_title(d.title, d.name, headings.get(d.id, ())) or d.name for d in documents}
    repeated = _repeated(map(_topic, titles.values()))
    for identity, title in titles.items():
        own = _topics_of_headings(headings.get(identity, ()), beside=title)
        if _topic(title) in repeated and own:
            titles[identity] = f"{title.rpartition(SEPARATOR)[0] or title}{SEPARATOR}{own}"
    return _numbered(documents, _with_file_names(documents, titles))


def _topic(title: str) -> str:
    """Return a title without the number of its chapter: where it is that of several, it is the book's."""
    return title.rpartition(SEPARATOR)[2]


def _with_file_names(documents: Sequence[Document], titles: dict[str, str]) -> dict[str, str]:
    repeated = _repeated(titles.values())
    for document in documents:
        title, stem = titles[document.id], PurePath(document.name).stem
        if title in repeated and stem.casefold() not in title.casefold():
            titles[document.id] = f"{title}{SEPARATOR}{stem}"
    return titles


def _needs_headings(document: Document) -> bool:
    return infer_title(document.title, document.name, ()) != document.title or is_opening_heading(document.title)


def _repeated(titles: Iterable[str]) -> set[str]:
    return {title for title, times in Counter(titles).items() if times > 1}


def _numbered(documents: Sequence[Document], titles: dict[str, str]) -> dict[str, str]:
    """Number the titles that are still equal in the order of the documents, past the numbers that others have."""
    repeated, taken, last = _repeated(titles.values()), set(titles.values()), Counter[str]()
    for document in documents:
        name = title = titles[document.id]
        while title in repeated and name in taken:
            last[title] += 1
            name = f"{title} ({last[title]})"
        titles[document.id] = name
    return titles


def _part_in_file_name(stem: str) -> tuple[str, int] | None:
    """Return what a file's name counts and the number: ("ch", 2) for "ch02-cells"."""
    found = _FILE_PART.search(stem)
    if found is None:
        return None
    return (found["part"] or found["measure"]).lower(), int(found["number"] or found["counted"])


def _part_label(part: tuple[str, int], topic: str) -> str:
    """Return how a part is shown before its topic, in the topic's language."""
    name, number = part
    labels = data(detect_language(topic, DEFAULT), "headings", "PART_LABELS", {})
    return str(labels.get(name) or table("headings", "PART_LABELS")[name]).format(number=number)


def _topic_in_file_name(stem: str) -> str:
    """Return the words of a file's name that say what it is about, "" for "ch02" or "scan_final"."""
    found = [word for word in _WORD.findall(_FILE_PART.sub(" ", stem)) if word.lower() not in _NOISE]
    told = [word for word in found if len(word) >= _MIN_FILE_WORD or not word.isascii()]
    name = " ".join(found)
    if not told or is_opening_heading(name):
        return ""
    return name[0].upper() + name[1:]


def _topics_of_headings(headings: Sequence[HeadingPath], beside: str = "") -> str:
    """Return the first headings that name a topic and are not in the title `beside`, of the outermost such level."""
    for depth in range(3):
        topics = dict.fromkeys(
            name
            for path in headings
            if len(path) > depth and heading_topic(path[depth])
            if (name := without_numbering(path[depth]).lstrip("| ")) not in beside
        )
        if topics:
            more = "…" if len(topics) > _NAMED_TOPICS else ""
            return ", ".join(list(topics)[:_NAMED_TOPICS])[:MAX_TITLE_CHARS] + more
    return ""

"""Entries of a course's glossaries: a term and what the course itself says that it is.

An entry is a line "term: description" under a heading of a glossary (`languages/<code>/terms.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.documents import Passage
from knowledge.languages import characters, each, either
from tutor.assessment.quiz_terms import Definition, Sentence, extract_definitions, is_plain, is_term

_COLON = ":" + characters("terms", "GLOSSARY_COLON")
_SHORT_FORM = r"(?: ?[(\uff08][^()\uff08\uff09]{1,12}[)\uff09])?"
_ENTRY = re.compile(
    rf"^\W*(?P<term>{either('terms', 'GLOSSARY_NAME')}){_SHORT_FORM}\s*[{_COLON}]\s*(?P<body>\S.{{9,}})$"
)
_HEADING = re.compile(either("terms", "GLOSSARY_HEADING"), re.IGNORECASE)
_OTHER_NAME = re.compile(rf"\W*(?:{either('items', 'OTHER_NAME')}).*$", re.IGNORECASE)
_ASIDE = re.compile(r"^[(\uff08][^()\uff08\uff09]{1,60}[)\uff09]\s*")
_NEXT_SENTENCE = re.compile(rf"(?<=\w{{3}})[{characters('text', 'FULL_STOP')}]\s+\S.*$")
_EDGES = " ;,.:(" + "".join(each("text", "FULL_STOP").values())


def glossary_definitions(passages: Sequence[Passage]) -> Iterator[Definition]:
    """Yield the entries of the glossaries in the passages, in their order."""
    for passage in passages:
        if is_glossary(passage):
            for line in passage.text.splitlines():
                entry = read_glossary_entry(" ".join(line.split()), passage.id)
                if entry is not None:
                    yield entry


def is_glossary(passage: Passage) -> bool:
    """Whether most lines of a passage are entries of a glossary."""
    if not any(_HEADING.search(heading) for heading in passage.heading):
        return False
    lines = [line for line in passage.text.splitlines() if line.strip()]
    return 2 * sum(_ENTRY.match(" ".join(line.split())) is not None for line in lines) > len(lines)


def read_glossary_entry(line: str, passage_id: str = "") -> Definition | None:
    """Return the entry of a line; its description is without other names of the term, which would give it away."""
    match = _ENTRY.match(line)
    if match is None or not is_term(match["term"]):
        return None
    body = _ASIDE.sub("", match["body"])
    body = _OTHER_NAME.sub("", _NEXT_SENTENCE.sub("", body)).strip(_EDGES)
    if not body or not is_plain(body):
        return None
    return Definition(match["term"], body, Sentence(passage_id, line), in_glossary=True)


def read_definition(quote: str) -> Definition | None:
    """Return the one definition that a quoted line or sentence gives; None where it gives none or several."""
    entry = read_glossary_entry(quote)
    if entry is not None:
        return entry
    found = extract_definitions([Sentence("", quote)])
    return found[0] if len(found) == 1 else None

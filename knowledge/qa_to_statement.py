"""What a bare answer says together with its question: "Who discovered radium?", "Marie Curie." is a statement.

A small model answers in a few words of the passage. Whether the passage says so can only be judged of the whole
statement. Pure.
"""

from __future__ import annotations

import re

MAX_ANSWER_WORDS = 12  # of a bare answer; a longer one says what it means by itself
_AUX = "is|are|was|were|did|does|do|has|have|had|can|could|will|would"
_WH = re.compile(
    r"^(?P<lead>.*?)\b(?P<wh>who|whom|what|which|where|when|how (?:many|much|long|old|far|often)|in (?:what|which))\b"
    rf"(?P<noun>(?: (?!(?:{_AUX})\b)\w+){{0,2}})(?: (?P<aux>{_AUX}))?\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")


def qa_to_statement(question: str, answer: str) -> str:
    """Return what both say together, grammar is not the point; "" for a kind of question that is not known."""
    found = _WH.match(question.strip().rstrip("?").strip())
    if found is None:
        return ""
    lead, aux, rest = found["lead"].strip(), (found["aux"] or "").lower(), found["rest"].strip()
    noun = found["noun"].strip() if found["wh"].lower() not in ("who", "whom") else ""
    if aux in ("did", "does", "do", ""):
        said = f"{lead} {rest} {noun} {answer}" if aux else f"{lead} {answer} {found['noun'].strip()} {rest}"
    else:
        said = f"{lead} {answer} {noun} {aux} {rest}"
    return " ".join(said.split()).capitalize() if said.islower() else " ".join(said.split()) + "."


def contains_phrase(text: str, words: str) -> bool:
    """Whether the text holds these few words one after another, as whole words, whatever stands between them."""
    wanted = [word.casefold() for word in _WORD.findall(words)]
    if not wanted or len(wanted) > MAX_ANSWER_WORDS:
        return False
    held = [word.casefold() for word in _WORD.findall(text)]
    return any(held[at : at + len(wanted)] == wanted for at in range(len(held) - len(wanted) + 1))

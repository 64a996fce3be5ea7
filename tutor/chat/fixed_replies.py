"""Fixed sentences that the tutor says without a model, and the notes that it puts below an answer."""

from __future__ import annotations

from collections.abc import Sequence, Set

from knowledge.languages import detect_language
from knowledge.languages import language as language_of
from tutor.locales import CATALOGS, find_message, t

MAX_LISTED_DOCUMENTS = 6
MAX_LISTED_FIGURES = 8
_DOUBTS = ("reply_own_words", "reply_unseen_figure")
_NOTES = (*_DOUBTS, "reply_translated")


def greeting(language: str, documents: Sequence[str]) -> str:
    """Return the reply to a greeting; it names documents of the course."""
    return t(language, "reply_greeting", topics=_topics(language, documents)).strip()


def not_covered(language: str, documents: Sequence[str], *, searched_languages: Set[str]) -> str:
    """Return the reply to a question that the course does not cover.

    `documents` are the titles of the course's documents; questions in one of `searched_languages` find documents in
    another of them.
    """
    if not documents:
        return t(language, "reply_no_documents")
    document_languages = {detect_language(title, language) for title in documents}
    is_searched = language in document_languages or {language, *document_languages} <= searched_languages
    sentence = t(language, "reply_not_covered", topics=_topics(language, documents)).strip()
    return sentence if is_searched else f"{sentence} {t(language, 'reply_other_language')}"


def figure_not_found(language: str, number: str, known: Sequence[str]) -> str:
    """Return the reply to a question about a figure that the course lacks; it names figures that the course has."""
    names = language_of(language).list_separator.join(known[:MAX_LISTED_FIGURES])
    if len(known) > MAX_LISTED_FIGURES:
        names += "…"
    known_figures = t(language, "reply_known_figures", names=names) if names else ""
    return t(language, "reply_figure_not_found", number=number, known=known_figures).strip()


def quote_from_course(language: str, sentence: str) -> str:
    """Return a sentence of the course as an answer, for a model that gave none."""
    return t(language, "reply_from_course", sentence=sentence)


def not_answered(language: str, sentence: str) -> str:
    """Return the reply to a question that the passages found do not answer; `sentence` comes closest."""
    return t(language, "reply_not_answered", sentence=sentence)


def own_words_note(language: str, mark: str) -> str:
    """Return the note below an answer that no passage supports; `mark` cites the closest one."""
    return t(language, "reply_own_words", mark=mark)


def unseen_figure_note(language: str) -> str:
    """Return the note below an answer about a figure whose page was shown to no model."""
    return t(language, "reply_unseen_figure")


def translated_note(language: str) -> str:
    """Return the note below an answer that was translated from the course."""
    return t(language, "reply_translated")


def strip_notes(answer: str) -> str:
    """Return an answer without these notes: the model must not learn them from the history."""
    return _without(answer, _NOTES)


def is_from_the_course(answer: str) -> bool:
    """Return whether no note below an answer says that it is the tutor's own words, or about a picture not seen."""
    return _without(answer, _DOUBTS) == answer.rstrip()


def _without(answer: str, keys: Sequence[str]) -> str:
    for note in filter(None, (find_message(language, key) for language in CATALOGS for key in keys)):
        answer = answer.split(note.split("{mark}")[0])[0]
    return answer.rstrip()


def _topics(language: str, titles: Sequence[str]) -> str:
    names = t(language, "reply_title_separator").join(titles[:MAX_LISTED_DOCUMENTS])
    return t(language, "reply_topics", names=names) if names else ""

"""Whether a model's translation of a sentence can be shown: in the language asked for, with its numbers, as long. Pure.

What a small model does wrong when it translates: it answers in the wrong language, repeats the sentence, goes on with
words of its own, or drops a figure.
"""

from __future__ import annotations

from knowledge.languages import detect_language
from knowledge.languages.scripts import has_han
from knowledge.lexical import unspaced_share
from tutor.answers.support_check import numbers_in

MIN_CHARS_A_CHAR, MAX_CHARS_A_CHAR = 0.12, 0.9  # of a Chinese translation for each character of English
FOREIGN_SHARE = 0.5  # of letters that may be in another script: names, codes, abbreviations


def is_translation(text: str, source: str, language: str) -> bool:
    """Return whether `text` may be a translation of `source` into `language`."""
    if not text.strip() or "\n" in text.strip() or text.strip() == source.strip():
        return False
    if detect_language(text, "") != language:
        return False
    unspaced = unspaced_share(text)
    if has_han(text) and not has_han(source):
        ratio, fits = len(text) / len(source), unspaced >= FOREIGN_SHARE
    else:
        ratio, fits = len(source) / len(text), unspaced < 1 - FOREIGN_SHARE
    return fits and MIN_CHARS_A_CHAR <= ratio <= MAX_CHARS_A_CHAR and numbers_in(source) <= numbers_in(text)

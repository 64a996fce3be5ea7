"""Whether a text is an answer: it says more than the question, has enough content and breaks off nowhere. Pure."""

from __future__ import annotations

from knowledge.languages.scripts import has_han
from knowledge.languages.sentences import ends_sentence, split_sentences
from knowledge.lexical import tokenize
from tutor.answers.question_form import AnswerForm

# New content words that each form needs at least.
MIN_NEW_TERMS = {
    AnswerForm.DEFINITION: 3,
    AnswerForm.CAUSE: 3,
    AnswerForm.PROCESS: 3,
    AnswerForm.COMPARISON: 4,
    AnswerForm.LIST: 2,
    AnswerForm.STEPS: 3,
}
TERMS_OF_A_HAN_WORD = 4  # a Chinese word of two characters is indexed as these and their neighbours
MIN_SENTENCE_WORDS, MIN_SENTENCE_CHARACTERS = 4, 6  # of a whole sentence
_COMPLETE_WITHOUT_MARK = ("```", "$", "|", "$)", "$）")


def is_an_answer(answer: str, question: str, form: AnswerForm) -> bool:
    """Return whether a draft answers: it adds what the form needs to the question's words and breaks off nowhere."""
    new = set(tokenize(answer)) - set(tokenize(question))
    needed = MIN_NEW_TERMS.get(form, 1) * (TERMS_OF_A_HAN_WORD if has_han(answer) else 1)
    return len(new) >= needed and is_whole_sentence(answer)


def is_whole_sentence(answer: str) -> bool:
    """Return whether a text is more than a few words, and ends like a sentence, a formula or a list."""
    text = answer.strip()
    if has_han(text):
        return len(text) >= MIN_SENTENCE_CHARACTERS and _is_ended(text)
    return len(text.split()) >= MIN_SENTENCE_WORDS and _is_ended(text)


def drop_unfinished(answer: str) -> str:
    """Return an answer without a last sentence that breaks off; "" where nothing else is there."""
    text = answer.rstrip()
    if _is_ended(text):
        return text
    spans = split_sentences(text)
    return text[: spans[-1][0]].rstrip() if spans else ""


def _is_ended(text: str) -> bool:
    last = text.rstrip().splitlines()[-1].strip() if text.strip() else ""
    is_item = last.startswith(("-", "*", "•")) or last[:1].isdigit()
    return ends_sentence(text.rstrip("*_` ")) or text.rstrip().endswith(_COMPLETE_WITHOUT_MARK) or is_item

"""What the tutor says in its own words, without a model: fixed sentences in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.languages import detect_language

_GREETING = re.compile(
    r"\s*(hi|hello|hey|good (morning|afternoon|evening)|thanks?( you)?|thank you( very much)?|ok(ay)?"
    r"|你好|您好|嗨|谢谢|早上好)[\s!.,。！，~]*",
    re.IGNORECASE,
)

_NOT_COVERED = {
    "en": "I did not find this in your course material, so I will not guess. {topics}",
    "zh": "在你的课程材料里没有找到相关内容，所以我不会乱猜。{topics}",
}
_FIGURE_NOT_FOUND = {
    "en": "I found no Figure {number} in your course material. {known}",
    "zh": "在你的课程材料里没有找到图 {number}。{known}",
}
_KNOWN_FIGURES = {"en": "It has Figure {names}.", "zh": "课程中有图 {names}。"}
_TOPICS = {"en": "The course has: {names}.", "zh": "这门课程包含：{names}。"}
_NOT_CROSS_LINGUAL = {
    "en": "Its documents are in another language than your question; ask in theirs, I cannot look across languages.",
    "zh": "课程资料使用的语言与你的提问不同；请用资料的语言提问，我还不能跨语言查找。",
}
_NO_DOCUMENTS = {
    "en": "This course has no documents yet. Ask your instructor to add some, then ask again.",
    "zh": "这门课程还没有文档。请老师先添加资料，然后再提问。",
}
_GREETING_REPLY = {
    "en": "Hello! Ask me anything about this course. {topics}",
    "zh": "你好！关于这门课程，有什么都可以问我。{topics}",
}
_OWN_WORDS = {
    "en": "(These are the tutor's own words; the closest passage of the course is {mark}.)",
    "zh": "（以上是导师自己的话；课程中最接近的段落是 {mark}。）",
}
_UNSEEN_FIGURE = {
    "en": "(The picture itself was not looked at: this is from its caption and the text around it.)",
    "zh": "（没有查看图片本身：以上内容来自图注和它前后的文字。）",
}
_FROM_COURSE = {"en": "The course says: {sentence}", "zh": "课程里写道：{sentence}"}


def is_greeting(text: str) -> bool:
    """Return whether a message only greets or thanks."""
    return _GREETING.fullmatch(text) is not None


def _topics(language: str, names: Sequence[str]) -> str:
    separator = "、" if language == "zh" else "; "
    return _TOPICS[language].format(names=separator.join(names[:6])) if names else ""


def not_covered(language: str, documents: Sequence[str], *, is_cross_lingual: bool = True) -> str:
    """Return the sentence for a question that the course does not answer.

    `crosses`: whether questions in one language find documents in another.
    """
    if not documents:
        return _NO_DOCUMENTS[language]
    hint = (
        ""
        if is_cross_lingual or language in {detect_language(title, language) for title in documents}
        else _NOT_CROSS_LINGUAL[language]
    )
    return " ".join(filter(None, (_NOT_COVERED[language].format(topics=_topics(language, documents)).strip(), hint)))


def figure_not_found(language: str, number: str, known: Sequence[str]) -> str:
    """Return the sentence for a figure that the course does not have, with some that it has."""
    names = ("、" if language == "zh" else ", ").join(known[:8]) + ("…" if len(known) > 8 else "")
    return (
        _FIGURE_NOT_FOUND[language]
        .format(number=number, known=_KNOWN_FIGURES[language].format(names=names) if names else "")
        .strip()
    )


def greeting(language: str, documents: Sequence[str]) -> str:
    return _GREETING_REPLY[language].format(topics=_topics(language, documents)).strip()


def own_words_note(language: str, mark: str) -> str:
    return _OWN_WORDS[language].format(mark=mark)


def unseen_figure_note(language: str) -> str:
    """Return the sentence below an answer about a figure whose page no model was shown."""
    return _UNSEEN_FIGURE[language]


def quote_from_course(language: str, sentence: str) -> str:
    """Return a sentence of the course as the answer of a model that had none."""
    return _FROM_COURSE[language].format(sentence=sentence)


def strip_notes(answer: str) -> str:
    """Drop what `own_words` and `unseen_figure` added: the model must not learn it from the history."""
    for sentence in (*_OWN_WORDS.values(), *_UNSEEN_FIGURE.values()):
        answer = answer.split(sentence.split("{mark}")[0])[0]
    return answer.rstrip()

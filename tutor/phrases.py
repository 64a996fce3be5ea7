"""What the tutor says in its own words, without a model: fixed sentences in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_GREETING = re.compile(
    r"\s*(hi|hello|hey|good (morning|afternoon|evening)|thanks?( you)?|thank you( very much)?|ok(ay)?"
    r"|你好|您好|嗨|谢谢|早上好)[\s!.,。！，~]*",
    re.IGNORECASE,
)

_NOT_COVERED = {
    "en": "I did not find this in your course material, so I will not guess. {topics}",
    "zh": "在你的课程材料里没有找到相关内容，所以我不会乱猜。{topics}",
}
_TOPICS = {"en": "The course has: {names}.", "zh": "这门课程包含：{names}。"}
_NO_DOCUMENTS = {
    "en": "This course has no documents yet. Ask your instructor to add some, then ask again.",
    "zh": "这门课程还没有文档。请老师先添加资料，然后再提问。",
}
_HELLO = {
    "en": "Hello! Ask me anything about this course. {topics}",
    "zh": "你好！关于这门课程，有什么都可以问我。{topics}",
}
_ABOUT = {"en": "What does the course say about “{topic}”?", "zh": "关于“{topic}”，课程里是怎么说的？"}
_OWN_WORDS = {
    "en": "(These are the tutor's own words; the closest passage of the course is {mark}.)",
    "zh": "（以上是导师自己的话；课程中最接近的段落是 {mark}。）",
}


def language_of(text: str, default: str) -> str:
    """Return "zh" for text with Chinese characters, else "en" for text with Latin letters, else `default`."""
    if _CJK.search(text):
        return "zh"
    return "en" if re.search(r"[A-Za-z]", text) else default


def is_greeting(text: str) -> bool:
    """Return whether a message only greets or thanks."""
    return _GREETING.fullmatch(text) is not None


def _topics(language: str, names: Sequence[str]) -> str:
    separator = "、" if language == "zh" else "; "
    return _TOPICS[language].format(names=separator.join(names[:6])) if names else ""


def not_covered(language: str, documents: Sequence[str]) -> str:
    if not documents:
        return _NO_DOCUMENTS[language]
    return _NOT_COVERED[language].format(topics=_topics(language, documents)).strip()


def hello(language: str, documents: Sequence[str]) -> str:
    return _HELLO[language].format(topics=_topics(language, documents)).strip()


def about(language: str, topic: str) -> str:
    return _ABOUT[language].format(topic=topic)


def own_words(language: str, mark: str) -> str:
    return _OWN_WORDS[language].format(mark=mark)


def without_own_words(answer: str) -> str:
    """Drop what `own_words` added: the model must not learn it from the history."""
    for sentence in _OWN_WORDS.values():
        answer = answer.split(sentence.split("{mark}")[0])[0]
    return answer.rstrip()

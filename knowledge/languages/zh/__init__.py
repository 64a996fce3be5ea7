"""Chinese: simplified characters; traditional ones are read as their simplified forms."""

from knowledge.languages import Language
from knowledge.languages.scripts import HAN, KANA

LANGUAGE = Language(
    "zh",
    name="中文",
    english_name="Chinese",
    script=HAN + KANA,  # a Japanese text is nearer to it than to English
    has_spaces=False,
    list_separator="、",
    sentence_space="",
)

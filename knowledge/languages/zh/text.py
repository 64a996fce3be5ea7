"""Chinese text: sentences, words that carry no content, negation, OCR."""

FULL_STOP = "。"
QUESTION_MARK = "？"
EXCLAMATION_MARK = "！"
SENTENCE_ENDS = "。！？"
SENTENCE_BREAKS = "。！？!?；"  # no space follows them; half-width marks are common
CLAUSE_ENDS = "；："
COMMAS = "，、"
CLOSING_MARKS = "”’」』）)"

# Words that ask or join, as the English stop words do; a run of characters is cut at them.
STOP_WORDS = """
    为什么 什么样 怎么样 是不是 能不能 什么 怎么 怎样 如何 为何 哪里 哪儿 哪些 哪个 哪一 多少 是否 请问 以及 或者
    的 了 吗 呢 吧 啊 呀 是 谁 哪
"""

NEGATION = "不|没有|無法|无法|並非|并非|未|沒有"

TESSERACT = "chi_sim"
MISREAD_PLUS = "十"  # what the OCR model reads for a plus sign

TRANSLATION_PROBE = (
    "植物从空气中吸收什么？",
    "直线的斜率是怎样定义的？",
    "这部小说是谁写的？",
    "心脏把血液输送到全身。",
    "货币贬值时物价上涨。",
    "有序列表可以更快地查找。",
)

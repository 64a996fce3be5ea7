"""What graders say about an answer, in Chinese: whole sentences, and those with a number or a quotation in them.

A reason that is not here is shown as it was said; a test reads the graders and finds such a reason first.
"""

from __future__ import annotations

import re

_SENTENCES = {
    "the right option": "选对了",
    "another option is right": "另一个选项才对",
    "the answer names none of the options": "回答没有指出任何一个选项",
    "the answer fits several options": "回答符合不止一个选项",
    "that is so": "是这样",
    "it is the other way round": "正好相反",
    "the key of this question is neither true nor false; an instructor must look": "本题的答案既非对也非错，需教师查看",
    "the answer says neither true nor false": "回答没有说明对还是错",
    "the answer lists far more than was asked for": "回答列出的内容远多于题目所问",
    "all elements, and no others": "全部列出，没有多余",
    "none of the elements": "一项也没有列出",
    "all elements in order": "全部列出，顺序正确",
    "the elements are right, their order is not": "内容都对，顺序不对",
    "the answer does not name every element exactly once": "没有把每一步恰好列出一次",
    "the right order": "顺序正确",
    "another order": "顺序不对",
    "there is no answer": "没有作答",
    "the missing term": "正是空缺的术语",
    "the missing term, with a slip of the keyboard": "正是空缺的术语，有一处笔误",
    "one letter away from the key: a slip, or another term": "与答案只差一个字母：可能是笔误，也可能是另一个术语",
    "another term": "是另一个术语",
    "the same value": "数值相同",
    "the same value within the tolerance": "数值相同，在允许的误差内",
    "the same value, correctly rounded": "数值相同，四舍五入正确",
    "another number": "数值不对",
    "another value": "数值不对",
    "the sign is wrong": "符号不对",
    "close, but rounded too far": "接近，但舍入过多",
    "off by a factor of 100: percent and number are mixed up": "相差 100 倍：混淆了百分数和数",
    "the number is right, its unit is missing": "数值正确，缺少单位",
    "the unit measures something else": "单位表示的是另一种量",
    "the unit of the answer cannot be compared with that of the key": "回答的单位无法与答案的单位比较",
    "the key of this question is not a number; an instructor must look": "本题的答案不是数，需要教师查看",
    "no single number can be read in the answer": "回答中读不出一个确定的数",
    "the answer cannot be read as a formula": "回答无法读作公式",
    "the key of this question is not a formula; an instructor must look": "本题的答案不是公式，需要教师查看",
    "one is an equation, the other an expression": "一个是方程，另一个是式子",
    "equal to the key, however it is written": "与答案相等，写法不同也算",
    "not equal to the key": "与答案不相等",
    "equality with the key could not be decided in time": "没能及时判断是否与答案相等",
    "says what the reference says": "与参考答案意思相同",
    "does not say what the reference says": "与参考答案意思不同",
    "says the opposite of the reference in a word": "有一个词与参考答案意思相反",
    "has another number than the reference": "数与参考答案不同",
    "is the reference negated": "是参考答案的否定",
    "close to the line: the instructor decides": "难以判断，由教师决定",
    "a letter stands after the number that may be a unit or a million": "数后面的字母可能是单位，也可能是百万",
    "says that something is false": "说了某件事不成立",
    "has another name than the reference": "名称与参考答案不同",
    "has the words of the reference in another order": "用了参考答案的词，但顺序不同",
    "is the reference with a word exchanged": "换掉了参考答案中的一个词",
    "an instructor has graded the same words": "教师评过同样的回答",
    "no model for free text is loaded; the instructor will grade this": "没有加载评判文字题的模型，由教师评分",
    "no model for free text is fitted; the instructor will grade this": "没有训练好的文字题模型，由教师评分",
    "there is no answer in it; the instructor will look": "其中没有回答，由教师查看",
    "the grader failed on this answer; the instructor will look": "自动评分没能处理这个回答，由教师查看",
    "the instructor took the decision back": "教师收回了决定",
    "graded again after a decision of the instructor": "教师作出决定后重新评分",
}
_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), chinese)
    for pattern, chinese in (
        (r"misses (\d+) of (\d+)", r"\2 项中缺少 \1 项"),
        (r"has (\d+) that do not belong", r"有 \1 项不属于答案"),
        (r"(\d+) of (\d+) pairs are in order", r"\2 对中有 \1 对顺序正确"),
        (r"names (.+)", r"提到了\1"),
        (r"misses (.+)", r"缺少\1"),
        (r"the answer has (\d+) characters, at most (\d+) are graded", r"回答有 \1 个字符，最多评 \2 个"),
        (r"(.+) answers cannot be graded here; the instructor will", r"这类回答（\1）这里不能评分，由教师评分"),
        (r"the number is of (.+), the key of another thing", r"这个数说的是 \1，答案说的是另一样东西"),
    )
)


def translate_grading_reason(reason: str) -> str:
    """Return a grader's reason in Chinese, or as it was said where there are no words for it."""
    if reason in _SENTENCES:
        return _SENTENCES[reason]
    for pattern, chinese in _PATTERNS:
        if found := pattern.fullmatch(reason):
            return found.expand(chinese)
    return reason

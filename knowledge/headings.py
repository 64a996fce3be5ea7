"""Headings: which ones name what a section teaches, and which only say what the section does.

A name is a noun phrase about the subject. No name is a question or a clause ("Where it happens"), a phrase that hangs
on a preposition ("From a story to an equation"), an activity ("Solving in one step"), or words about the book itself
("Summary", "Frequent mistakes", 本章小结). In English and Chinese, by word lists alone.
"""

from __future__ import annotations

import re

MAX_WORDS, MAX_CHARACTERS = 5, 12  # a longer heading is a sentence, not a name
_has_cjk = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]").search
_NUMBER_ZH = "[\\d一二三四五六七八九十百]+"
_NUMBERED = re.compile(
    r"^(?:(?:chapter|section|unit|lecture|lesson|module|part|week|appendix)\s+(?:\d+|[ivxlc]+)\b[.:]?\s*"
    rf"|第\s*{_NUMBER_ZH}\s*[章节讲课单元部分篇]+\s*[:：.]?\s*|[\d]+(?:\.\d+)*[.)、]?\s+|[(（]?[一二三四五六七八九十]+[)）、.]\s*)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*[(（][^()（）]+[)）]$")
_FLUFF = re.compile(
    r"^(?:(?:an? )?introduction to|introducing|understanding|using(?!.* to )|working with|more (?:on|about)"
    r"|basics of|the|an?"
    r"|(?:types|kinds|properties|features|uses|applications|advantages|examples|importance|role|definition|history)"
    r" of(?: the| an?)?)\s+"
    r"|\s+(?:basics|revisited|overview|fundamentals|explained|data type|from scratch|in (?:python|practice|action))$"
    r"|^(?:重新审视|理解|认识|使用|什么是|关于|再谈|初识)"
    r"|的?(?:简洁实现|从零开始实现|实现|简介|概述|介绍|基础|入门|基本元素|定义|概念|应用)$"
    r"|的(?:场所|过程|意义|作用|特点|特征|性质|分类|类型|种类|步骤|原理|原因|例子|历史|背景|优点|缺点|优缺点|区别|重要性)$",
    re.IGNORECASE,
)

_ASKING = frozenset("what which who whose whom why how when where whether".split())
_CLAUSE = frozenset(
    """
    is are was were am be been has have had do does did can could will would shall should may might must
    it they we you i he she them us me him there this that these those its your our my their
    """.split()
)  # a heading with one of these is a sentence about the subject
_PREPOSITIONS = frozenset(
    """
    in on at of from by to into onto for with without about after before during under over through throughout toward
    towards beyond behind as if because since until while although though and or but so than once
    """.split()
)
_CONSTRUCTS = frozenset(
    """
    loop loops statement statements clause clauses keyword keywords operator operators block blocks expression
    expressions condition conditions gate gates
    """.split()
)  # "for loop", "if statement", "or gate": names that begin with a small word
_DETERMINERS = frozenset("a an the one two three several many some any all each every more".split())
_IMPERATIVES = frozenset("read look see go try turn think remember note let get check test show ask".split())
_STRUCTURAL_NOUNS = frozenset(
    """
    introduction introductions intro summary summaries overview overviews conclusion conclusions review reviews recap
    preface foreword contents background objective objectives outline outlines abstract acknowledgement
    acknowledgements acknowledgment acknowledgments appendix appendices index outcome outcomes goal goals aim aims
    exercise exercises question questions problem problems quiz quizzes homework assignment assignments task tasks
    activity activities reference references bibliography reading readings resource resources discussion discussions
    example examples term terms point points takeaway takeaways concept concepts idea ideas fact facts glossary
    vocabulary answer answers solution solutions note notes hint hints tip tips page slide slides chapter section unit
    lecture lesson module course class syllabus agenda schedule mistake mistakes misconception misconceptions error
    errors pitfall pitfalls result results finding findings motivation remark remarks faq preliminaries prerequisite
    prerequisites requirement requirements step steps study studies setup start steps material materials experiments
    experiment work works thoughts words project projects assessment understanding figure figures table tables proof
    definition definitions theorem keyword
    """.split()
)  # what books and courses are made of
_STRUCTURAL_MODIFIERS = frozenset(
    """
    key main important learning further related frequent common typical first last next final general basic short quick
    brief experimental worked practice practical reviewing teaching course class chapter section unit lesson lecture
    module self own additional supplementary suggested recommended required recommendation frequently asked case
    discussion group individual optional extra more some other open sample warm-up getting started closing opening fun
    concluding introductory learned solved short-answer multiple-choice follow-up end-of-chapter check your
    """.split()
)
_ALONE = frozenset("start work works study experiment experiments step steps understanding term error errors".split())
_ALONE |= frozenset("module table tables reading concept idea class table index proof learning key".split())
_BOOK_PHRASE = re.compile(
    r"^(?:getting started|exploring further|to do|wrap(?:ping)?[ -]up|warm(?:ing)?[ -]up|read on|q ?& ?a|thank you"
    r"|table of contents|check your (?:understanding|knowledge|progress)|test your(?:self| \w+)"
    r"|try it(?: yourself| out)?|in a nutshell"
    r"|case stud(?:y|ies)|(?:about|why|how|what) .*|(?:page|slide|example|figure|table|exercise|question) \d+.*"
    r"|concepts in practice|office hours|contact(?: information)?|grading(?: policy)?|reading list|test slide)$",
    re.IGNORECASE,
)
_WHICH_ZH = (
    r"(?:本|全|这一?|上|下)?(?:章|节|课|讲|单元|书|文|课程|周)|课后|课前|课堂|章节"
    r"|学习|教学|复习|自我|思考与|重要|主要|常见|典型|更多|额外|扩展|延伸|拓展|参考|相关|实验|关键"
    r"|综合|基础|巩固|单元|随堂|补充|重点|难点|基本|核心|第?\d+"
)
_PART_ZH = (
    r"小结|总结|概要|概览|概述|综述|回顾|复习|练习题?|习题|作业|测验|测试题?|自测|思考题?"
    r"|讨论题?|问题|问答|例子|示例|例题?|实例|案例|引言|导言|导读|导入|前言|序言?|绪论|介绍"
    r"|简介|摘要|结论|结语|结束语|致谢|鸣谢|附录|目录|索引|参考文献|文献|资料|阅读|目标|要求"
    r"|任务|内容|大纲|提纲|安排|进度|重点|难点|要点|知识点|考点|预备知识|性质|术语表?|词汇表?|名词解释|答案"
    r"|解答|解析|提示|注意事项|注意|说明|备注|背景|动机|错误|误区|误解|结果|工作|步骤|代码|讨论"
    r"|实验|术语|概念|准备|入门|基础|定义|实现|应用"
)
_BOOK_ZH = re.compile(rf"^(?:{_WHICH_ZH})*(?:{_PART_ZH})(?:[与和及、](?:{_WHICH_ZH})*(?:{_PART_ZH}))?$")
_CLAUSE_ZH = re.compile(
    r"为什么|为何|怎样|怎么|如何|什么|哪里|哪些|哪个|何时|何处|多少|几个|是否|[吗呢？?]$|我们|你们?|您|他们|它们"
    r"|^(?:影响|如果|根据|读取|整合|下载|查阅|提交|忽略|考虑|一个|由于|因为|所以|以及|另外|其他|更多|一些|这些?|那些?|让|动手|实战|从零)|^从.+到|^在.+[中上里下时前后]$|^当.+时$|^对.+的|.+是.{2,}|可能会|[，。；]"
)


def heading_topic(heading: str) -> str:
    """Return the name of what a section teaches, without numbers and "introduction to"; "" where it names nothing."""
    name = _NUMBERED.sub("", " ".join(heading.split()).strip("【】*#:： ."))
    name = _ASIDE.sub("", name).strip("()（）[]: ：.")
    if name.endswith(("!", "！")) or (name.endswith(("?", "？")) and not name.startswith("什么是")):
        return ""
    name = _FLUFF.sub("", _FLUFF.sub("", name.rstrip("?？"))).strip()
    long = len(name) > MAX_CHARACTERS if _has_cjk(name) else len(name.split()) > MAX_WORDS
    return "" if long or _is_not_topic(name) or not re.search(r"[^\W\d_]{2}", name) else name


def _is_not_topic(name: str) -> bool:
    if not name or name.count("(") != name.count(")"):
        return True
    if _has_cjk(name):
        return bool(_BOOK_ZH.match(name) or _CLAUSE_ZH.search(name))
    words = re.findall(r"[a-z][a-z'-]*", name.lower())
    return bool(_BOOK_PHRASE.match(name)) or _is_clause(words) or _is_activity(words) or _is_structural(words)


def _is_clause(words: list[str]) -> bool:
    if not words:
        return False
    small = words[0] in _PREPOSITIONS | _CLAUSE and not _CONSTRUCTS & set(words[1:])
    return words[0] in _ASKING or small or bool(_CLAUSE & set(words[1:]))


def _is_activity(words: list[str]) -> bool:
    """Whether it says what somebody does with something: "Solving in one step", "Read on"."""
    if len(words) < 2:
        return False
    begun = (words[0].endswith("ing") and len(words[0]) > 5) or words[0] in _IMPERATIVES
    return begun and words[1] in _DETERMINERS | _PREPOSITIONS - {"and", "or", "of", "by"} or words[0] == "using"


def _is_structural(words: list[str]) -> bool:
    """Whether all its words are about the book: the last names a part of it, the others only say which."""
    if not words or words[-1] not in _STRUCTURAL_NOUNS:
        return False
    return set(words[:-1]) <= _STRUCTURAL_NOUNS | _STRUCTURAL_MODIFIERS | {"and", "the", "of", "for", "to"} and (
        len(words) > 1 or words[0] not in _ALONE
    )

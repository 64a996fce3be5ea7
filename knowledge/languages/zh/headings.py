"""Chinese headings: what marks one, and which ones name nothing that a section teaches."""

_NUMBER = "[\\d一二三四五六七八九十百]+"

CHAPTER_LINE = r"第[一二三四五六七八九十百零〇\d]{1,5}[章課课讲講部篇单單].{0,40}"
SECTION_LINE = r"第[一二三四五六七八九十百零〇\d]{1,5}[节節].{0,40}"
HEADING_STYLE = "标题|標題"
LIST_STYLE = "列表"

DECORATION = "【】："  # around a whole heading
NAME_EDGES = "（）："  # around the name in it
OPENING_BRACKETS, CLOSING_BRACKETS = "（", "）"  # around an aside
QUESTION_WITH_TOPIC = "什么是"  # "What is X?" names X

NUMBERING = (
    rf"第\s*{_NUMBER}\s*[章节讲课单元部分篇]+\s*[:：.]?\s*"
    r"|\d+(?:\.\d+)*、\s+|[(（]?[一二三四五六七八九十]+[)）、.]\s*"
)
FILLER = (
    r"^(?:重新审视|理解|认识|使用|什么是|关于|再谈|初识)"
    r"|的?(?:简洁实现|从零开始实现|实现|简介|概述|介绍|基础|入门|基本元素|定义|概念|应用)$"
    r"|的(?:场所|过程|意义|作用|特点|特征|性质|分类|类型|种类|步骤|原理|原因|例子|历史|背景|优点|缺点|优缺点|区别|重要性)$"
)

_WHICH = (
    r"(?:本|全|这一?|上|下)?(?:章|节|课|讲|单元|书|文|课程|周)|课后|课前|课堂|章节"
    r"|学习|教学|复习|自我|思考与|重要|主要|常见|典型|更多|额外|扩展|延伸|拓展|参考|相关|实验|关键"
    r"|综合|基础|巩固|单元|随堂|补充|重点|难点|基本|核心|第?\d+"
)
_PART = (
    r"小结|总结|概要|概览|概述|综述|回顾|复习|练习题?|习题|作业|测验|测试题?|自测|思考题?"
    r"|讨论题?|问题|问答|例子|示例|例题?|实例|案例|引言|导言|导读|导入|前言|序言?|绪论|介绍"
    r"|简介|摘要|结论|结语|结束语|致谢|鸣谢|附录|目录|索引|参考文献|文献|资料|阅读|目标|要求"
    r"|任务|内容|大纲|提纲|安排|进度|重点|难点|要点|知识点|考点|预备知识|性质|术语表?|词汇表?|名词解释|答案"
    r"|解答|解析|提示|注意事项|注意|说明|备注|背景|动机|错误|误区|误解|结果|工作|步骤|代码|讨论"
    r"|实验|术语|概念|准备|入门|基础|定义|实现|应用"
)
STRUCTURAL = rf"(?:{_WHICH})*(?:{_PART})(?:[与和及、](?:{_WHICH})*(?:{_PART}))?"
CLAUSE = (
    r"为什么|为何|怎样|怎么|如何|什么|哪里|哪些|哪个|何时|何处|多少|几个|是否|[吗呢？?]$|我们|你们?|您|他们|它们"
    r"|^(?:影响|如果|根据|读取|整合|下载|查阅|提交|忽略|考虑|一个|由于|因为|所以|以及|另外|其他|更多|一些|这些?|那些?|让|动手|实战|从零)"
    r"|^从.+到|^在.+[中上里下时前后]$|^当.+时$|^对.+的|.+是.{2,}|可能会|[，。；]"
)

# Headings that a text may open with whatever it is about.
OPENING = (
    rf"(?:{_WHICH})*"
    r"(?:引言|导言|导读|导入|前言|序言?|绪论|介绍|简介|概要|概览|概述|综述|目标|大纲|提纲|背景|动机|小结|总结)"
)

PART_LABELS = {
    "章": "第{number}章",
    "chapter": "第{number}章",
    "chap": "第{number}章",
    "ch": "第{number}章",
    "单元": "第{number}单元",
    "unit": "第{number}单元",
    "讲": "第{number}讲",
    "lecture": "第{number}讲",
    "lec": "第{number}讲",
    "课": "第{number}课",
    "lesson": "第{number}课",
    "周": "第{number}周",
    "week": "第{number}周",
    "wk": "第{number}周",
    "部分": "第{number}部分",
    "part": "第{number}部分",
}
PART_PREFIX = "第"  # before a number that counts a part
FILE_NAME_NOISE = "最终版 草稿 副本 新版 扫描 下载 文档 文件 讲义 课件"

EXERCISE_SECTION = (
    rf"(?:{_WHICH})*(?:练习题?|习题|作业|测验|测试题?|自测题?|思考题?|讨论题?|问答题|选择题|填空题|判断题|计算题|例题)"
    r"(?:[一二三四五六七八九十\d]+)?"
)
ANSWER_SECTION = rf"(?:{_WHICH})*(?:练习题?|习题|作业|测验|思考题?)?(?:的)?(?:参考)?(?:答案|解答|解析)(?:与解析)?"
OBJECTIVE_SECTION = rf"(?:{_WHICH})*(?:目标|大纲|提纲|要求)"
TASK_OPENING = r"(?:请)?(?:编写|写出?)一?[个段篇](?:.{0,10})(?:程序|函数|脚本|代码|作文|短文)|试(?:求|证|计算|说明)"
ITEM_MARKS = "、"  # after the number of an item
KEY_OF_QUESTION = "[√×✓✗对错]|正确|错误"

"""Chinese course text that a hint, an example or a summary is taken from, and the questions that ask for it."""

EXAMPLE_MARKERS = "例如|比如|例："
EXAMPLE_LABEL = r"例题|^\W*(?:例|解|题)\s*(?:\d|[:：])"
TASK_START = "计算|解释|说明|比较|列出|求出|写出|简述"

DEFINITION_REQUEST = r"^(?:什么是|什么叫)|(?:是什么意思|是什么|指什么)\W*$"
FULL_STOP = "。"
QUESTION_MARK = "？"
DEFINING_VERBS = "是指|指的是|是"
NAMING_VERBS = "称为|叫做|叫作"

PARTICLES = "的了和与在是把由为从到对也并而或"  # between the words of a sentence
# How a sentence says what will be told, without telling it.
ANNOUNCES = (
    "^(?:在?(?:本|这一?|下一?|接下来的?)[章节课](?:中|里)?，?)?(?:我们|你们?)?(?:将|会|将会)"
    "(?:学习|介绍|讨论|看到|探讨|了解|讲解|研究)"
)

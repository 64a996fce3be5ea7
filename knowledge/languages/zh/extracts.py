"""Chinese course text that a hint, an example or a summary is taken from, and the questions that ask for it."""

NON_TEACHING_HEADING = "练习|习题|思考题|参考文献|目录|索引|答案"
EXAMPLE_MARKERS = "例如|比如|例："
TASK_START = "计算|解释|说明|比较|列出|求出|写出|简述"

DEFINITION_REQUEST = r"^(?:什么是|什么叫)|(?:是什么意思|是什么|指什么)\W*$"
FULL_STOP = "。"
QUESTION_MARK = "？"
DEFINING_VERBS = "是指|指的是|是"
NAMING_VERBS = "称为|叫做|叫作"

PARTICLES = "的了和与在是把由为从到对也并而或"  # between the words of a sentence

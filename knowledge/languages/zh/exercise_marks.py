"""Chinese books: the words that open an exercise and its solution, and what is said before the letter of an answer."""

EXERCISE_MARK = "(?:练习题?|习题|例题?|思考题|问题|选择题)"
SOLUTION_MARK = "(?:解答|答案|参考答案|解|答)"
KEY_PREFIX = "(?:正确)?(?:答案|选项)(?:是|为)?[:：]?"
# a question that cannot be answered without what stands around it
POINTS_ELSEWHERE = (
    "(?:上|下|如|左|右|该)(?:图|表)|上一题|上题|上述|前一题|根据(?:图|表)|下列(?:数据|图|表)|(?:图|表)\\d"
)
# a line whose information several exercises share
SHARED_CONTEXT = "(?:根据|利用)(?:以下|下列|下面)(?:材料|信息|数据).{0,12}(?:回答|完成)"
# a prompt that asks or tells to do something
ASKS = "[?？]|^(?:解释|说明|描述|比较|简述|试述|列出|写出|为什么)"

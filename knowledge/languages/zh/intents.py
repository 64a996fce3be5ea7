"""Chinese messages of a learner: how they ask, give up, press for the answer or want something else."""

TELL_ME = "直接告诉我|告诉我答案|给我答案|答案是什么|老师(?:同意|说可以|允许)"
SKIP = r"^\W*(?:跳过|下一题)\W*$"
STUCK = "不知道|不懂|不会|提示|没思路"
EXAMPLE = "举个?例子?"
EASIER = "简单(?:一?点|些)|太难"
HARDER = "难(?:一?点|些)|太简单"
QUIZ = "考考我|测验|出(?:一)?道?题"
SUMMARISE = "总结|概括|小结"
SOCIAL = r"^\W*(?:谢谢|你好|好的)\W*$"

DEFINITION = r"^[\w -]{2,40}(?:是什么意思|是什么)\W*$|什么叫|^什么是"

TASK = "求解|计算|解方程|作业|习题"
SOLVE_COMMAND = r"\W*(?:请)?(?:求解|计算|解方程)"
WORD_PROBLEM_QUESTION = "多少|几"

ASKS_FOR_VALUE = "等于多少|得多少|帮我(?:做|解|写)"
ASKS_NEXT_STEP = "怎么(?:做|办|解|开始)|下一步|第一步"
POINTS_AT_EXERCISE = "这(?:道)?题|题目"

QUESTION_FORM = r"(?:什么|为什么|怎么|如何|哪|吗|呢)\W*$"
QUESTION_WORD_ANYWHERE = "什么|怎么|如何|为何|哪"
WH_WORD = "什么|为什么|怎么"

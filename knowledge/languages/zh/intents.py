"""Chinese messages of a learner about an exercise: tasks, pleas for its value or the next step, definitions."""

DEFINITION = r"^[\w -]{2,40}(?:是什么意思|是什么)\W*$|什么叫|^什么是"

TASK = "求解|计算|解方程|作业|习题"
SOLVE_COMMAND = r"\W*(?:请)?(?:求解|计算|解方程)"
WORD_PROBLEM_QUESTION = "多少|几"

ASKS_FOR_VALUE = "等于多少|得多少|帮我(?:做|解|写)"
ASKS_NEXT_STEP = "怎么(?:做|办|解|开始)|下一步|第一步"
POINTS_AT_EXERCISE = "这(?:道)?题|题目"

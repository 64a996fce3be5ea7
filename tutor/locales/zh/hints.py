"""Chinese hints at an exercise and the tutor's replies about it."""

MESSAGES: dict[str, str] = {
    # the operation of a step, inside a sentence: {x} is the unknown, {n} the operand
    "hint_operation_expand": "去括号（或去分母）",
    "hint_operation_collect": "两边同时减去 {n}，让 {x} 只留在一边",
    "hint_operation_add": "两边同时加上 {n}",
    "hint_operation_subtract": "两边同时减去 {n}",
    "hint_operation_multiply": "两边同时乘以 {n}",
    "hint_operation_divide": "两边同时除以 {n}",
    # what keeps the unknown from being alone, by the operation that removes it
    "hint_obstacle_expand": "未知数还在括号或分数里",
    "hint_obstacle_collect": "等号两边都有未知数",
    "hint_obstacle_add": "未知数旁边减去了一个数",
    "hint_obstacle_subtract": "未知数旁边加上了一个数",
    "hint_obstacle_multiply": "未知数被一个数除",
    "hint_obstacle_divide": "未知数被乘了一个数",
    # pieces of the hints below
    "hint_place": "课程在“{place}”里讲到了这一点 [1]。",
    "hint_ended": "这门课程允许的提示你都得到了，这一步由你来完成。",
    "hint_step": "{first}：{result}。",
    "hint_check": "检验",
    "hint_number_of": "要求的量",
    "hint_unknown": "要求的量",
    "hint_question": "所求的量。",
    "hint_topic": "这个问题",
    # similar exercises with their solutions
    "hint_similar_equation": "类似的题：{equation}。{steps}把值代入 {equation} 检验。",
    "hint_similar_word_problem": "类似的题：租一个大厅要 30 元，每位客人另付 4 元，一共付了 98 元。"
    "来了多少位客人？设客人数为 n。费用是 30 + 4n，也是 98，所以 30 + 4n = 98，4n = 68，n = 17。检验："
    "30 + 4 · 17 = 98。",
    "hint_similar_course_question": "类似的问题：“关于{other}，课程怎么说？”找到提到它的那句话："
    "“{sentence}”用自己的话说出来，就是回答。",
    "hint_similar_general_question": "别处的一道类似的题：“面团为什么会发起来？”先找到说明它的那句话："
    "“酵母把糖变成二氧化碳，气泡把面团撑起来。”再用自己的话说：酵母产生的气体在面团里形成气泡，把它顶了起来。",
    # an equation: {first} is its first step, {rest} the others, {gap} the obstacle, {x} the unknown
    "hint_equation_gap_1": "缺少的是：在 {equation} 中，{x} 还没有单独留在一边。第一个障碍：{gap}。",
    "hint_equation_question_1": "哪种运算可以把它抵消？为什么必须在 {equation} 的两边同时进行？",
    "hint_equation_question_2": "请按顺序说出 {equation} 中对 {x} 做了什么。最后做的是哪一步？先抵消那一步。",
    "hint_equation_question_3": "用手遮住 {equation} 中的 {x}：它经过了什么运算？哪种逆运算能把它去掉？",
    "hint_equation_similar_1": "{similar}\n\n现在对 {equation} 做同样的事：你的第一步是什么？",
    "hint_equation_step_1": "{equation} 的下一步：{first}。请写出两边各剩下什么。",
    "hint_equation_step_2": "{ended}在 {equation} 中，{first}；先做左边，再做右边，然后把新的方程发给我。",
    "hint_equation_step_3": "{ended}做完这一步（{first}）之后还剩：{rest}。一步一步来，"
    "最后把你的值代入 {equation} 检验。",
    "hint_equation_answer_1": "{worked}\n\n检验：把 {x} = {value} 代入 {equation}。",
    # plain arithmetic: {formula} is to be worked out
    "hint_arithmetic_gap_1": "{formula} 的关键是运算顺序：先括号，再乘方，再乘除，最后加减。",
    "hint_arithmetic_question_1": "{formula} 中哪一步运算先做？为什么？",
    "hint_arithmetic_question_2": "圈出 {formula} 中必须最先算的部分。你圈的是什么？",
    "hint_arithmetic_similar_1": "类似的题：3 · (1 + 6) - 1。先算括号得 7，再乘得 21，再减得 20。"
    "请用同样的方法做 {formula}。",
    "hint_arithmetic_step_1": "只算 {formula} 的第一步，把结果写回原处，再把这一行发给我。",
    "hint_arithmetic_step_2": "{ended}把 {formula} 一次少一个运算地重写，直到只剩一个数。",
    "hint_arithmetic_answer_1": "{formula} = {value}",
    # a word problem: {asked} is its question, {given} its numbers, {thing} what it counts
    "hint_word_problem_gap_1": "要求的是：{asked} 已知：{given}。缺少的是它们之间的联系。{place}",
    "hint_word_problem_gap_2": "求：{asked} 已知：{given}。请用文字说出它们有什么关系。{place}",
    "hint_word_problem_question_1": "{given} 这些数中，哪些是一起的？各表示什么？先不要计算，用一句话说出来。",
    "hint_word_problem_question_2": "假如你已经知道“{asked}”的答案，你会怎样用 {given} 来检验？把检验写成一句话。",
    "hint_word_problem_question_3": "画线段图：{given} 每个数一段。哪一段还没有数？",
    "hint_word_problem_similar_1": "{similar}\n\n你的题目也是这样做。你的未知量是哪一个？",
    "hint_word_problem_similar_2": "再看类似的题：先给未知量取名，再把同一个量用两种方式写出来。用 {given}，"
    "哪个量可以用两种方式写出来？",
    "hint_word_problem_step_1": "下一步：用字母 n 表示{thing}，再用 n 和 {given} 写出其他的量。",
    "hint_word_problem_step_2": "{ended}用 n 表示{thing}，补全这句话：“……的量等于……”。这就是你的方程。",
    "hint_word_problem_step_3": "{ended}把题目再读一遍，一次一句：每读一句，写下发生了什么变化，然后把你的式子发给我。",
    # a task in words: {gapped} is a sentence of the course with words left out
    "hint_text_task_gap_1": "缺少的是关于{topic}的一点。{place}",
    "hint_text_task_question_1": "带着一个问题读那一段 [1]：关于{topic}，它还说了什么你没有用到的？",
    "hint_text_task_question_2": "段落 [1] 里哪一句讲到{topic}？请用自己的话说出来。",
    "hint_text_task_question_3": "如果没有{topic}，会有什么不同？段落 [1] 会告诉你。",
    "hint_text_task_similar_1": "{similar}\n\n请用同样的方法，从段落 [1] 回答你自己的问题。",
    "hint_text_task_step_1": "请补全课程中的这句话：“{gapped}” [1]",
    "hint_text_task_step_2": "{ended}再看一遍这句话：“{gapped}” [1] 查出空缺的词，再用自己的话回答。",
    "hint_text_task_step_3": "{ended}打开段落 [1]，找到“{gapped}”，告诉我空缺处是什么、为什么。",
    # replies about an exercise
    "exercise_task": "题目是：{asked}请回答它；没有思路时可以要提示。",
    "exercise_right": "对，答对了。",
    "exercise_right_check": "对。把 {x} = {value} 代入 {equation}，两边相等。",
    "exercise_right_step": "这一步是对的：解没有改变。请继续。",
    "exercise_not_right": "还不对。",
    "exercise_fresh": "为了确认你真的掌握了，请不看提示做这一题：{problem}",
    "exercise_solve": "解方程 {equation}",
    "exercise_work_out": "计算 {formula}",
    "exercise_easier": "这是一道同类的、更简单的题：{problem}",
    "exercise_harder": "这是一道同类的、更难的题：{problem}",
    "exercise_ask_reason": "我不会对一个接一个的猜测说对或错。请先告诉我你是怎么得到的：做了什么，为什么？",
    "exercise_refer": "我不能确定这个回答对不对。请自己检查：它回答了“{asked}”吗？你能说明是怎么得到的吗？"
    "老师可以告诉你更多。",
    "exercise_guarded": "要回答这个，就会把你的习题直接告诉你。可以要一个提示，或者把你的下一步写给我看。",
    "exercise_skip": "这一题先放下。想继续时，把题目再发一次就可以。",
    "exercise_invite": "可以就课程内容提问，发一道习题给我，或者点下面的按钮。",
    "exercise_no_topic": "请先告诉我是关于什么的：就课程内容提一个问题。",
    "exercise_no_example": "课程里没有这方面的例子。可以问其中的某一部分，我会告诉你课程怎么说。",
    "exercise_example_intro": "课程“{place}”中的例子：",
    "exercise_summary_intro": "要点：",
    "exercise_simple_intro": "简单地说：",
}

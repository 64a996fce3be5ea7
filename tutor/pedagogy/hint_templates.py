"""What the tutor says on each rung of the hint ladder and around an exercise, without a model; English and Chinese.

A list holds the sentences of one rung, each sharper than the one before; `{…}` are filled in by `hint_text.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MESSAGES_EN: Mapping[str, str] = {
    # operations
    "expand": "multiply out the brackets (or clear the fractions)",
    "collect": "subtract {n} from both sides, so that {x} stands on one side only",
    "add": "add {n} to both sides",
    "subtract": "subtract {n} from both sides",
    "multiply": "multiply both sides by {n}",
    "divide": "divide both sides by {n}",
    "gap_expand": "the unknown still stands inside a bracket or a fraction",
    "gap_collect": "the unknown stands on both sides",
    "gap_add": "a number is subtracted beside the unknown",
    "gap_subtract": "a number is added beside the unknown",
    "gap_multiply": "the unknown is divided by a number",
    "gap_divide": "the unknown is multiplied by a number",
    # where the course speaks of it
    "place": "The course treats this in “{place}” [1].",
    # checks and endings
    "right": "Yes, that is right.",
    "right_check": "Yes, that is right: put {x} = {value} into {equation} and both sides are equal.",
    "fresh": "To see that it stays with you, try this one without a hint: {problem}",
    "right_step": "That step is right: it has the same solution. Go on from there.",
    "ask_reason": "I will not say yes or no to one guess after another. Tell me first how you got it: "
    "what did you do, and why?",
    "refer": "I cannot tell for certain whether that is right. Check it yourself: does it answer “{asked}”, "
    "and can you show how you got it? Your instructor can tell you more.",
    "not_right": "Not yet.",
    "guarded": "I could only answer that by giving your exercise away. Ask for a hint, or show me your next step.",
    "task": "The task is: {asked} Answer that; ask for a hint when you are stuck.",
    "skip": "We leave this one. You can come back to it at any time: send it again.",
    "invite": "Ask about the course, send me an exercise, or tap one of the buttons below.",
    "easier": "Here is an easier one of the same kind: {problem}",
    "harder": "Here is a harder one of the same kind: {problem}",
    "solve": "Solve {equation}",
    "work_out": "Work out {formula}",
    "no_topic": "Tell me first what it should be about: ask a question about the course.",
    "no_example": "The course has no example of this. Ask about one of its parts, and I will show what it says.",
    "example_intro": "An example from the course, “{place}”:",
    "similar_intro": "Look at a similar exercise first.",
    "summary_intro": "The main points:",
    "simple_intro": "In short:",
    "ended": "You have had every hint that this course allows; this step is yours.",
}
MESSAGES_ZH: Mapping[str, str] = {
    "expand": "去括号（或去分母）",
    "collect": "两边同时减去 {n}，让 {x} 只留在一边",
    "add": "两边同时加上 {n}",
    "subtract": "两边同时减去 {n}",
    "multiply": "两边同时乘以 {n}",
    "divide": "两边同时除以 {n}",
    "gap_expand": "未知数还在括号或分数里",
    "gap_collect": "等号两边都有未知数",
    "gap_add": "未知数旁边减去了一个数",
    "gap_subtract": "未知数旁边加上了一个数",
    "gap_multiply": "未知数被一个数除",
    "gap_divide": "未知数被乘了一个数",
    "place": "课程在“{place}”里讲到了这一点 [1]。",
    "right": "对，答对了。",
    "right_check": "对。把 {x} = {value} 代入 {equation}，两边相等。",
    "fresh": "为了确认你真的掌握了，请不看提示做这一题：{problem}",
    "right_step": "这一步是对的：解没有改变。请继续。",
    "ask_reason": "我不会对一个接一个的猜测说对或错。请先告诉我你是怎么得到的：做了什么，为什么？",
    "refer": "我不能确定这个回答对不对。请自己检查：它回答了“{asked}”吗？你能说明是怎么得到的吗？老师可以告诉你更多。",
    "not_right": "还不对。",
    "guarded": "要回答这个，就会把你的习题直接告诉你。可以要一个提示，或者把你的下一步写给我看。",
    "task": "题目是：{asked}请回答它；没有思路时可以要提示。",
    "skip": "这一题先放下。想继续时，把题目再发一次就可以。",
    "invite": "可以就课程内容提问，发一道习题给我，或者点下面的按钮。",
    "easier": "这是一道同类的、更简单的题：{problem}",
    "harder": "这是一道同类的、更难的题：{problem}",
    "solve": "解方程 {equation}",
    "work_out": "计算 {formula}",
    "no_topic": "请先告诉我是关于什么的：就课程内容提一个问题。",
    "no_example": "课程里没有这方面的例子。可以问其中的某一部分，我会告诉你课程怎么说。",
    "example_intro": "课程“{place}”中的例子：",
    "similar_intro": "先看一道类似的题。",
    "summary_intro": "要点：",
    "simple_intro": "简单地说：",
    "ended": "这门课程允许的提示你都得到了，这一步由你来完成。",
}

# Rungs of an equation: {first} is its first step, {gap} what stands in the way, {x} the unknown, {count} steps.
EQUATION_HINTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {
        "gap": ("What is missing: {x} is not alone yet in {equation}. First obstacle: {gap}.",),
        "question": (
            "Which operation undoes that, and why must you do it on both sides of {equation}?",
            "Name what was done to {x} in {equation}, in the order in which it was done. Which of these was last? "
            "Undo that one first.",
            "Cover {x} with your thumb in {equation}: what happens to it, and which inverse operation takes it away?",
        ),
        "similar": ("{similar}\n\nNow do the same with {equation}: what is your first step?",),
        "step": (
            "Your next step in {equation}: {first}. Write down what is left on each side.",
            "{ended} In {equation}, {first}; do it on the left, then on the right, and send me the new equation.",
            "{ended} Steps left after you {first}: {rest}. Do them one at a time and check by putting your value "
            "into {equation}.",
        ),
        "answer": ("{worked}\n\nCheck: put {x} = {value} into {equation}.",),
    },
    "zh": {
        "gap": ("缺少的是：在 {equation} 中，{x} 还没有单独留在一边。第一个障碍：{gap}。",),
        "question": (
            "哪种运算可以把它抵消？为什么必须在 {equation} 的两边同时进行？",
            "请按顺序说出 {equation} 中对 {x} 做了什么。最后做的是哪一步？先抵消那一步。",
            "用手遮住 {equation} 中的 {x}：它经过了什么运算？哪种逆运算能把它去掉？",
        ),
        "similar": ("{similar}\n\n现在对 {equation} 做同样的事：你的第一步是什么？",),
        "step": (
            "{equation} 的下一步：{first}。请写出两边各剩下什么。",
            "{ended}在 {equation} 中，{first}；先做左边，再做右边，然后把新的方程发给我。",
            "{ended}做完这一步（{first}）之后还剩：{rest}。一步一步来，最后把你的值代入 {equation} 检验。",
        ),
        "answer": ("{worked}\n\n检验：把 {x} = {value} 代入 {equation}。",),
    },
}

# Rungs of plain arithmetic: {formula} is what is to be worked out.
ARITHMETIC_HINTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {
        "gap": (
            "What matters in {formula} is the order: brackets, then powers, then times and divided, then the rest.",
        ),
        "question": (
            "Which operation in {formula} comes first, and why that one?",
            "Put a ring around the part of {formula} that must be worked out before anything else. What did you ring?",
        ),
        "similar": (
            "A similar one: 3 · (1 + 6) - 1. Bracket first: 7. Then times: 21. Then minus: 20. "
            "Now {formula} in the same way.",
        ),
        "step": (
            "Work out only the first part of {formula}, write its value in its place, and send me that line.",
            "{ended} Write {formula} again with one operation fewer each time, until one number is left.",
        ),
        "answer": ("{formula} = {value}",),
    },
    "zh": {
        "gap": ("{formula} 的关键是运算顺序：先括号，再乘方，再乘除，最后加减。",),
        "question": ("{formula} 中哪一步运算先做？为什么？", "圈出 {formula} 中必须最先算的部分。你圈的是什么？"),
        "similar": ("类似的题：3 · (1 + 6) - 1。先算括号得 7，再乘得 21，再减得 20。请用同样的方法做 {formula}。",),
        "step": (
            "只算 {formula} 的第一步，把结果写回原处，再把这一行发给我。",
            "{ended}把 {formula} 一次少一个运算地重写，直到只剩一个数。",
        ),
        "answer": ("{formula} = {value}",),
    },
}

# Rungs of a story with numbers: {asked} the question, {given} its numbers, {thing} what is counted.
WORD_PROBLEM_HINTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {
        "gap": (
            "What is asked: {asked} What is given: {given}. What is missing is the link between them. {place}",
            "Asked: {asked} Given: {given}. Say in words how they hang together. {place}",
        ),
        "question": (
            "Which of the numbers {given} belong together, and what does each of them count? Say it in one sentence, "
            "without working anything out yet.",
            "If you already knew the answer to “{asked}”, how would you check it against {given}? Write that check "
            "as a sentence.",
            "Draw it: one bar for each number of {given}. Which bar is still without a number?",
        ),
        "similar": (
            "{similar}\n\nYour exercise goes the same way. Which amount is your unknown?",
            "Once more on the similar exercise: first the unknown got a name, then one amount was written in two ways. "
            "Which amount can you write in two ways from {given}?",
        ),
        "step": (
            "Your next step: give {thing} a letter, say n, and write every other amount with n and {given}.",
            "{ended} Finish this sentence with n for {thing}: “The amount … is the same as …”. That is your equation.",
            "{ended} Read the story once more, one sentence at a time: after each sentence write what has changed, and "
            "send me your line of numbers.",
        ),
        "answer": ("",),
    },
    "zh": {
        "gap": (
            "要求的是：{asked} 已知：{given}。缺少的是它们之间的联系。{place}",
            "求：{asked} 已知：{given}。请用文字说出它们有什么关系。{place}",
        ),
        "question": (
            "{given} 这些数中，哪些是一起的？各表示什么？先不要计算，用一句话说出来。",
            "假如你已经知道“{asked}”的答案，你会怎样用 {given} 来检验？把检验写成一句话。",
            "画线段图：{given} 每个数一段。哪一段还没有数？",
        ),
        "similar": (
            "{similar}\n\n你的题目也是这样做。你的未知量是哪一个？",
            "再看类似的题：先给未知量取名，再把同一个量用两种方式写出来。用 {given}，哪个量可以用两种方式写出来？",
        ),
        "step": (
            "下一步：用字母 n 表示{thing}，再用 n 和 {given} 写出其他的量。",
            "{ended}用 n 表示{thing}，补全这句话：“……的量等于……”。这就是你的方程。",
            "{ended}把题目再读一遍，一次一句：每读一句，写下发生了什么变化，然后把你的式子发给我。",
        ),
        "answer": ("",),
    },
}

# Rungs of a task in words: {place} where the course treats it, {gapped} its sentence with the point left out.
TEXT_TASK_HINTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {
        "gap": ("What is missing is one point about {topic}. {place}",),
        "question": (
            "Read that passage [1] with one question in mind: what does it say about {topic} that you have not used?",
            "Which sentence of the passage [1] speaks of {topic}? Say it in your own words.",
            "What would be different if {topic} did not exist or did not happen? The passage [1] tells you.",
        ),
        "similar": ("{similar}\n\nAnswer your own question in the same way, from the passage [1].",),
        "step": (
            "Complete this sentence of the course: “{gapped}” [1]",
            "{ended} The sentence again: “{gapped}” [1] Look up the words that are left out, then answer in your "
            "own words.",
            "{ended} Open the passage [1], find “{gapped}”, and tell me what stands in the gap and why.",
        ),
        "answer": ("",),
    },
    "zh": {
        "gap": ("缺少的是关于{topic}的一点。{place}",),
        "question": (
            "带着一个问题读那一段 [1]：关于{topic}，它还说了什么你没有用到的？",
            "段落 [1] 里哪一句讲到{topic}？请用自己的话说出来。",
            "如果没有{topic}，会有什么不同？段落 [1] 会告诉你。",
        ),
        "similar": ("{similar}\n\n请用同样的方法，从段落 [1] 回答你自己的问题。",),
        "step": (
            "请补全课程中的这句话：“{gapped}” [1]",
            "{ended}再看一遍这句话：“{gapped}” [1] 查出空缺的词，再用自己的话回答。",
            "{ended}打开段落 [1]，找到“{gapped}”，告诉我空缺处是什么、为什么。",
        ),
        "answer": ("",),
    },
}
SIMILAR_WORD_PROBLEM = {
    "en": "A similar exercise: a hall rents for 30 euros and 4 euros for each guest; the bill is 98 euros. How many "
    "guests came? Let n be the number of guests. The bill is 30 + 4n, and it is also 98, so 30 + 4n = 98, "
    "4n = 68 and n = 17. Check: 30 + 4 · 17 = 98.",
    "zh": "类似的题：租一个大厅要 30 元，每位客人另付 4 元，一共付了 98 元。来了多少位客人？设客人数为 n。"
    "费用是 30 + 4n，也是 98，所以 30 + 4n = 98，4n = 68，n = 17。检验：30 + 4 · 17 = 98。",
}
SIMILAR_COURSE_QUESTION = {
    "en": "A similar question: “What does the course say about {other}?” One looks for the sentence that names it: "
    "“{sentence}” That sentence, in one's own words, is the answer.",
    "zh": "类似的问题：“关于{other}，课程怎么说？”找到提到它的那句话：“{sentence}”用自己的话说出来，就是回答。",
}
SIMILAR_GENERAL_QUESTION = {
    "en": "A similar question from elsewhere: “Why does bread dough rise?” One looks for the sentence that says it: "
    "“Yeast turns sugar into carbon dioxide, whose bubbles lift the dough.” In one's own words: the bubbles of a gas "
    "that the yeast makes push the dough up.",
    "zh": "别处的一道类似的题：“面团为什么会发起来？”先找到说明它的那句话：“酵母把糖变成二氧化碳，气泡把面团撑起来。”"
    "再用自己的话说：酵母产生的气体在面团里形成气泡，把它顶了起来。",
}
SIMILAR_EQUATION = {
    "en": "A similar exercise: {equation}. {steps} Check by putting the value into {equation}.",
    "zh": "类似的题：{equation}。{steps}把值代入 {equation} 检验。",
}
STEP_SENTENCE = {"en": "{first}: {leaves}.", "zh": "{first}：{leaves}。"}

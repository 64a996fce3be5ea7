"""English hints at an exercise and the tutor's replies about it.

The numbered sentences of one rung get sharper. No hint below the rung "answer" may contain the answer.
"""

MESSAGES: dict[str, str] = {
    # the operation of a step, inside a sentence: {x} is the unknown, {n} the operand
    "hint_operation_expand": "multiply out the brackets (or clear the fractions)",
    "hint_operation_collect": "subtract {n} from both sides, so that {x} is on one side only",
    "hint_operation_add": "add {n} to both sides",
    "hint_operation_subtract": "subtract {n} from both sides",
    "hint_operation_multiply": "multiply both sides by {n}",
    "hint_operation_divide": "divide both sides by {n}",
    # what keeps the unknown from being alone, by the operation that removes it
    "hint_obstacle_expand": "the unknown is still inside brackets or a fraction",
    "hint_obstacle_collect": "the unknown is on both sides",
    "hint_obstacle_add": "a number is subtracted from the term with the unknown",
    "hint_obstacle_subtract": "a number is added to the term with the unknown",
    "hint_obstacle_multiply": "the unknown is divided by a number",
    "hint_obstacle_divide": "the unknown is multiplied by a number",
    # pieces of the hints below
    "hint_place": "The course covers this in “{place}” [1].",
    "hint_ended": "You have had all the hints that this course allows; this step is yours.",
    "hint_step": "{first}: {result}.",
    "hint_check": "the check",
    "hint_number_of": "the number of {noun}",
    "hint_unknown": "what is asked for",
    "hint_question": "the last sentence of your exercise.",
    "hint_topic": "this",
    # similar exercises with their solutions
    "hint_similar_equation": "A similar exercise: {equation}. {steps} To check, put the value into {equation}.",
    "hint_similar_word_problem": "A similar exercise: a hall costs 30 euros plus 4 euros for each guest; the bill is "
    "98 euros. How many guests came? Let n be the number of guests. The bill is 30 + 4n and also 98, so 30 + 4n = 98, "
    "4n = 68 and n = 17. Check: 30 + 4 · 17 = 98.",
    "hint_similar_course_question": "A similar question: “What does the course say about {other}?” To answer it, "
    "find the sentence that names it: “{sentence}” Put into your own words, that sentence is the answer.",
    "hint_similar_general_question": "A similar question from another subject: “Why does bread dough rise?” To "
    "answer it, find the sentence that says so: “Yeast turns sugar into carbon dioxide, whose bubbles lift the "
    "dough.” In your own words: the yeast makes a gas, and its bubbles push the dough up.",
    # an equation: {first} is its first step, {rest} the others, {gap} the obstacle, {x} the unknown
    "hint_equation_gap_1": "What is missing: {x} is not alone in {equation} yet. The first obstacle: {gap}.",
    "hint_equation_question_1": "Which operation undoes that, and why must you do it on both sides of {equation}?",
    "hint_equation_question_2": "List what was done to {x} in {equation}, in order. What came last? Undo that first.",
    "hint_equation_question_3": "Cover {x} with your thumb in {equation}. What happens to it, and which inverse "
    "operation undoes that?",
    "hint_equation_similar_1": "{similar}\n\nNow do the same with {equation}: what is your first step?",
    "hint_equation_step_1": "Your next step in {equation}: {first}. Write down what is left on each side.",
    "hint_equation_step_2": "{ended} In {equation}, {first}; do it on the left, then on the right, and send me the "
    "new equation.",
    "hint_equation_step_3": "{ended} After you {first}, these steps remain: {rest}. Do them one at a time, and check "
    "your value in {equation}.",
    "hint_equation_answer_1": "{worked}\n\nCheck: put {x} = {value} into {equation}.",
    # plain arithmetic: {formula} is to be worked out
    "hint_arithmetic_gap_1": "In {formula} the order matters: brackets first, then powers, then multiplication and "
    "division, then the rest.",
    "hint_arithmetic_question_1": "Which operation in {formula} comes first, and why that one?",
    "hint_arithmetic_question_2": "Circle the part of {formula} that must be worked out first. What did you circle?",
    "hint_arithmetic_similar_1": "A similar one: 3 · (1 + 6) - 1. Brackets first: 7. Then multiply: 21. Then "
    "subtract: 20. Now do {formula} in the same way.",
    "hint_arithmetic_step_1": "Work out only the first part of {formula}, write its value in its place, and send me "
    "that line.",
    "hint_arithmetic_step_2": "{ended} Write {formula} again and again with one operation fewer, until one number is "
    "left.",
    "hint_arithmetic_answer_1": "{formula} = {value}",
    # a word problem: {asked} is its question, {given} its numbers, {thing} what it counts
    "hint_word_problem_gap_1": "What is asked: {asked} What is given: {given}. What is missing is the link between "
    "them. {place}",
    "hint_word_problem_gap_2": "Asked: {asked} Given: {given}. Say in words how they are related. {place}",
    "hint_word_problem_question_1": "Which of the numbers {given} belong together, and what does each of them count? "
    "Say it in one sentence, before you calculate anything.",
    "hint_word_problem_question_2": "If you already knew the answer to “{asked}”, how would you check it against "
    "{given}? Write that check as a sentence.",
    "hint_word_problem_question_3": "Draw it: one bar for each number of {given}. Which bar has no number yet?",
    "hint_word_problem_similar_1": "{similar}\n\nYour exercise works the same way. Which quantity is your unknown?",
    "hint_word_problem_similar_2": "Look at the similar exercise again: first the unknown gets a name, then one "
    "quantity is written in two ways. Which quantity can you write in two ways from {given}?",
    "hint_word_problem_step_1": "Your next step: give {thing} a letter, say n, and write every other quantity with n "
    "and {given}.",
    "hint_word_problem_step_2": "{ended} Finish this sentence with n for {thing}: “The amount … is the same as …”. "
    "That is your equation.",
    "hint_word_problem_step_3": "{ended} Read the problem once more, one sentence at a time. After each sentence "
    "write down what has changed, and send me your calculation.",
    # a task in words: {gapped} is a sentence of the course with words left out
    "hint_text_task_gap_1": "What is missing is one point about {topic}. {place}",
    "hint_text_task_question_1": "Read passage [1] with one question in mind: what does it say about {topic} that "
    "you have not used?",
    "hint_text_task_question_2": "Which sentence of passage [1] is about {topic}? Put it in your own words.",
    "hint_text_task_question_3": "What would be different without {topic}? Passage [1] tells you.",
    "hint_text_task_similar_1": "{similar}\n\nAnswer your own question in the same way, from passage [1].",
    "hint_text_task_step_1": "Complete this sentence from the course: “{gapped}” [1]",
    "hint_text_task_step_2": "{ended} Here is the sentence again: “{gapped}” [1] Look up the missing words, then "
    "answer in your own words.",
    "hint_text_task_step_3": "{ended} Open passage [1], find “{gapped}”, and tell me what belongs in the gap and why.",
    # replies about an exercise
    "exercise_task": "The task is: {asked} Answer that, or ask for a hint when you are stuck.",
    "exercise_right": "Yes, that is right.",
    "exercise_right_check": "Yes, that is right: put {x} = {value} into {equation} and both sides are equal.",
    "exercise_right_step": "That step is right: the solution is still the same. Go on from there.",
    "exercise_not_right": "Not yet.",
    "exercise_fresh": "To make sure that it stays with you, try this one without a hint: {problem}",
    "exercise_solve": "Solve {equation}",
    "exercise_work_out": "Work out {formula}",
    "exercise_easier": "Here is an easier one of the same kind: {problem}",
    "exercise_harder": "Here is a harder one of the same kind: {problem}",
    "exercise_ask_reason": "I do not say yes or no to one guess after another. First tell me how you got it: what "
    "did you do, and why?",
    "exercise_refer": "I cannot tell for certain whether that is right. Check it yourself: does it answer “{asked}”, "
    "and can you show how you got it? Your instructor can tell you more.",
    "exercise_guarded": "I cannot answer that without giving your exercise away. Ask for a hint, or show me your "
    "next step.",
    "exercise_skip": "Let's leave this one. You can come back to it at any time: just send it again.",
    "exercise_invite": "Ask about the course, send me an exercise, or use one of the buttons below.",
    "exercise_no_topic": "First tell me what it should be about: ask a question about the course.",
    "exercise_no_example": "The course has no example of this. Ask about a part of it, and I will show you what the "
    "course says.",
    "exercise_example_intro": "An example from the course, “{place}”:",
    "exercise_summary_intro": "The main points:",
    "exercise_simple_intro": "In short:",
}

"""Chinese wording around a question that is posed in the chat."""

MESSAGES: dict[str, str] = {
    "quiz_answer_write": "请在下一条消息里回答，或者要一个提示。",
    "quiz_answer_letter": "请回答字母。",
    "quiz_answer_truth": "请回答“对”或“错”。",
    "quiz_answer_order": "请按顺序回答字母，例如 b, a, c。",
    "quiz_answer_number": "请用一个数回答，或者要一个提示。",
    "quiz_unread": "我在这句话里读不出对这道题的回答，所以没有评分。{how}",
    "quiz_none": "课程里还没有这方面的题目。可以先问我一个问题。",
    "quiz_right": "对。",
    "quiz_partial": "部分正确。",
    "quiz_wrong": "不对。",
    "quiz_unsure": "这个回答我没有把握，由教师决定，结果会显示在“练习”里。",
    "quiz_retry": "再试一次，或者要一个提示。",
    "quiz_key": "答案是：{answer}。",
    "quiz_source": "课程里说：“{quote}”",
    "quiz_hinted": "提示 {number}/{most}：{text}",
    "quiz_skipped": "这一题先放下。",
    "quiz_true": "对",
    "quiz_false": "错",
}

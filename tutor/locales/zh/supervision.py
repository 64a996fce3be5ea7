"""Messages about the supervision of the chat: what learners are told, and the instructor's panel."""

MESSAGES: dict[str, str] = {
    "paused_course": "教师暂时停用了本课程的导师。练习和你以前的回答仍可查看。",
    "paused_learner": "教师暂时为你停用了导师。如果不清楚原因，请询问教师。练习和你以前的回答仍可查看。",
    "topic_blocked": "教师要求我在本课程中不谈“{topic}”。请向教师询问；课程的其他内容我很乐意帮助你。",
    "supervision_title": "暂停与规则",
    "pause_course": "暂停本课程的聊天",
    "resume_course": "恢复聊天",
    "pause_learner": "暂停聊天",
    "resume_learner": "恢复聊天",
    "course_is_paused": "聊天已暂停：不回答本课程的任何学生。",
    "course_learner_paused": "{line} · 聊天已暂停",
    "learner_paused": "聊天不再回答 {name}。",
    "learner_resumed": "聊天重新回答 {name}。",
    "blocked_topics": "聊天不谈的主题",
    "blocked_topics_info": "每行一个，用学生会用的词，并写出课程所用的每种语言。",
    "answer_rules": "对模型所写内容的规则",
    "answer_rules_info": "每行一条，最多十条，例如“一律使用国际单位制”。规则会交给模型，"
    "它会尽量遵守；引自课程的内容保持原样。",
    "blocked_topics_save": "保存主题和规则",
    "blocked_topics_saved": "已保存，从下一条消息起生效。",
}

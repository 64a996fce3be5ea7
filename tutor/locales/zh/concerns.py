"""Messages about what needs a person: what a learner is told, and the instructor's list of alerts."""

MESSAGES: dict[str, str] = {
    "concern_self_harm": "谢谢你说出来。我是机器，帮不了这件事，但有人可以。请今天就和你信任的人谈谈：父母、朋友、老"
    "师或医生。如果你或别人可能受到伤害，请立即拨打所在国家的紧急电话。",
    "concern_violence": "听起来可能有人会受到伤害。我是机器，不会在这方面提供帮助。请今天就和你信任的成年人谈谈。如果"
    "有人处于危险之中（包括你自己），请立即拨打所在国家的紧急电话。",
    "concern_sexual_young": "涉及儿童和青少年的性行为或图片，我不提供帮助。如果这样的事发生在你或你认识的人身上，那不"
    "是你们的错，可以说出来：请今天就和你信任的成年人谈谈。如果你有危险，请立即拨打所在国家的紧急电话。",
    "concern_cheating": "请别人代做作业，或获取考试题目、答案，我不提供帮助。我很乐意帮你准备：可以问我课程内容，或打"
    "开“练习”。",
    "answer_withheld": "我写的内容可能有害，因此不显示。请换一种问法，或询问教师。",
    "concern_contacts": "你也可以联系：\n\n{contacts}",
    "concern_told_urgent": "你的教师会得到通知，并能看到你的这条消息。",
    "concern_told_notice": "你的教师会看到有一条这类消息，但看不到你写的内容。",
    "alerts_title": "需要有人关注的消息",
    "alerts_lead": "听起来像自伤、暴力、涉及青少年的性行为或代写代考的消息。紧急的会显示原文；其他的只显示谁在何时写"
    "的。由程序查找：会有遗漏，也会有无害的。",
    "alerts_tab": "成员（{count}）",
    "alerts_none": "没有。",
    "alert_line": "{level} · {learner} · {kind} · {when}",
    "alert_seen": "已处理",
    "alert_urgent": "紧急",
    "alert_notice": "请留意",
    "alert_kind_self_harm": "自伤",
    "alert_kind_violence": "暴力",
    "alert_kind_sexual_young": "涉及青少年的性行为",
    "alert_kind_cheating": "代写或考试答案",
    "alert_choose": "尚未处理",
    "alert_mark_seen": "我已处理",
    "alert_marked": "已记录。",
    "contacts_label": "学生可以联系谁",
    "contacts_info": "显示给需要帮助的学生：联系人、房间、时间、电话。导师本身只提到所在国家的紧急电话。",
    "contacts_save": "保存联系方式",
    "contacts_saved": "已保存。",
}

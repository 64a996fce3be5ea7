"""Messages about joining a course: the page that a link opens, and the instructor's panel."""

MESSAGES: dict[str, str] = {
    # the page that a join link opens, and the one for a code
    "join_course_lead": "加入这门课程，即可就其文档提问并练习。",
    "join_course_button": "加入课程",
    "join_code_lead": "请输入教师给你的课程码。",
    "join_code_label": "课程码",
    "join_code_button": "加入",
    "join_a_course": "加入课程",
    "welcome_sign_in": "用学校账号登录",
    "welcome_have_code": "我有课程码",
    # the instructor's panel
    "access_title": "谁可以学习这门课程",
    "access_open": "所有使用本导师的人",
    "access_joined": "仅限用链接或课程码加入的人",
    "access_set": "已保存。",
    "join_link_label": "加入“{course}”的链接",
    "join_code_shown": "课程码：**{code}** · 在 {address} 输入",
    "join_off": "已停止加入。已在课程中的人不受影响。",
    "join_renew": "换新课程码",
    "join_on": "允许加入",
    "join_switch_off": "停止加入",
    "join_renewed": "课程码已更换，旧链接不再有效。",
    "join_qr": "加入链接的二维码",
    "course_learners": "学生",
    "course_learners_none": "还没有人加入。请把链接或课程码发给班级。",
    "course_learner_line": "{name} · {day} 加入",
    "course_learner_removed": "{name} · {day} 移出",
    "remove_learner": "移出课程",
    "readmit_learner": "重新允许加入",
    "learner_removed": "{name} 已不在课程中，其学习记录保留。",
    "learner_readmitted": "{name} 已重新加入课程。",
}

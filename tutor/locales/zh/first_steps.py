"""首次使用的提示：新课程的步骤，以及学习者可以开始或继续的内容。"""

MESSAGES: dict[str, str] = {
    "welcome_title": "从自己的课程学起",
    # 教师的第一门课程
    "teach_welcome_title": "欢迎，{name}",
    "teach_welcome_text": "新建一门课程，加入你的教学资料，再向它提一个问题：大约五分钟。"
    "示例课程保持不变，供你随意查看。",
    "course_title_hint": "用班级熟悉的名称，例如“初三生物”",
    "upload_to": "### 向 **{course}** 添加文档",
    "upload_to_sample": "### 向 **{course}** 添加文档\n这是示例课程，所有人都能看到。"
    "请用页面顶部的“新建课程”为自己的文档建一门课程。",
    "steps_title": "“{course}”的第一步",
    "steps_done": "已完成 {done}/{count}",
    "steps_name": "给课程命名",
    "steps_documents": "加入教学资料",
    "steps_documents_why": "讲义、幻灯片、习题或课本的一章。",
    "steps_documents_go": "添加文件",
    "steps_reading": "正在读取 {count} 个文件。",
    "steps_usable": "已有 {documents} 个文档、{passages} 个段落可以使用。",
    "steps_ask": "像学生一样提一个问题",
    "steps_ask_why": "看看回答是否正确、出自哪里。",
    "steps_ask_go": "试一试",
    "steps_skills": "选择知识点",
    "steps_skills_why": "班级要学会的内容。导师会根据你的文档提出建议；练习和进度都以知识点为准。",
    "steps_skills_done": "已选择 {count} 个知识点。",
    "steps_skills_go": "选择知识点",
    "steps_help": "设置帮助程度",
    "steps_class": "邀请班级",
    "steps_class_why": "所有人用同一个链接、代码或二维码。",
    "steps_class_done": "已有 {count} 名学习者加入。",
    "steps_class_go": "显示链接",
    "documents_being_read": "**{course}** 的文档正在读取中，请稍后提问。",
    # 学习者可以开始或继续的内容
    "resume_quiz": "你有一个未完成的测验：第 {number} 题，共 {count} 题。",
    "resume_placement": "摸底还没有完成：已回答 {number} 题。",
    "resume_go": "继续",
    "begin_placement": "第一次来？在下面提出第一个问题，或者先看看自己已经会什么。",
    # 知识点地图
    "map_title": "本课程的地图",
    "map_how": "上面是基础，下面是以它们为前提的内容。",
    "map_label": "共 {skills} 个知识点的地图，已开始 {started} 个。下面的列表用文字说明同样的内容。",
    "map_more": "另有 {count} 个知识点在下面的列表中。",
    "map_skill": "{skill}：{level}",
    "map_not_started": "尚未开始",
    "map_start_here": "从这里开始",
    # 离线
    "offline": "你已离线。写下的内容会保留在这里；恢复连接后再发送。",
}

"""The words around every page: title, account, the model's line, jobs, our own plain pages."""

ENGLISH = {
    # the frame
    "title": "Tutor",
    "chat": "Chat",
    "mine": "My tutor",
    "teach": "Teach",
    "course": "Course",
    "signed_in_as": "Signed in as **{name}**",
    "sign_out": "Sign out",
    "to_chat": "Back to the chat",
    "ai_notice": "You are talking to an AI. It can be wrong: open the numbered sources and check.",
    "broken": "Something went wrong on our side. Nothing you wrote is lost; try again. (reference {reference})",
    "not_signed_in": "You are signed out. Reload the page and start again.",
    # the model line
    "model_loading": "The model is warming up; the first answer may take a moment.",
    "model_failed": "The model could not be loaded. {detail}",
    # jobs
    "job_queued": "waiting",
    "job_running": "running",
    "job_done": "done",
    "job_failed": "failed",
    "job_cancelled": "cancelled",
    "stage_waiting": "waiting",
    "stage_reading": "reading",
    "stage_splitting": "splitting into passages",
    "stage_embedding": "computing embeddings",
    "stage_indexing": "building the index",
    "stage_loading": "loading the model",
    "stage_training": "training",
    "stage_saving": "saving",
    "stage_checking": "checking",
    # our own pages
    "welcome_lead": "Ask about your course. Every answer shows where it comes from, and you can teach the tutor.",
    "welcome_start": "Start as a guest",
    "welcome_privacy": "One click makes an account under an invented name, no e-mail and no password. Your questions, "
    "answers and corrections stay on this server, are shown to nobody but you (better answers also to "
    "your instructor) and train only your own tutor, if you say so.",
    "welcome_teacher": "Instructors sign in with the one-time link that the server printed.",
    "join_lead": "This link signs you in, once.",
    "join_button": "Sign in",
    "page_missing": "There is no such page.",
    "passage_of": "Passage",
    "passage_marked": "The marked words support the statement in your answer.",
    "close": "Close",
    "to_start": "To the start page",
}

CHINESE = {
    # the frame
    "title": "课程导师",
    "chat": "聊天",
    "mine": "我的导师",
    "teach": "教学",
    "course": "课程",
    "signed_in_as": "当前身份：**{name}**",
    "sign_out": "退出",
    "to_chat": "返回聊天",
    "ai_notice": "您正在与人工智能对话。它可能出错：请打开编号的出处核对。",
    "broken": "我们这边出了问题。您写的内容没有丢失，请再试一次。（编号 {reference}）",
    "not_signed_in": "您已退出。请刷新页面重新开始。",
    # the model line
    "model_loading": "模型正在加载，第一个回答可能要稍等。",
    "model_failed": "模型无法加载。{detail}",
    # jobs
    "job_queued": "等待中",
    "job_running": "进行中",
    "job_done": "完成",
    "job_failed": "失败",
    "job_cancelled": "已取消",
    "stage_waiting": "等待",
    "stage_reading": "读取",
    "stage_splitting": "划分段落",
    "stage_embedding": "计算向量",
    "stage_indexing": "建立索引",
    "stage_loading": "加载模型",
    "stage_training": "训练",
    "stage_saving": "保存",
    "stage_checking": "检查",
    # our own pages
    "welcome_lead": "就课程内容提问。每个回答都标明出处，您还可以亲自教导这位导师。",
    "welcome_start": "以访客身份开始",
    "welcome_privacy": "点击一次即可获得一个化名账户，无需邮箱和密码。您的提问、回答和改正保存在本服务器上，"
    "只有您能看到（更好的回答也会给教师看），并且只有在您同意时才训练您自己的导师。",
    "welcome_teacher": "教师请使用服务器打印的一次性链接登录。",
    "join_lead": "此链接可让您登录一次。",
    "join_button": "登录",
    "page_missing": "没有这个页面。",
    "passage_of": "段落",
    "passage_marked": "标记的文字支持回答中的说法。",
    "close": "关闭",
    "to_start": "返回首页",
}

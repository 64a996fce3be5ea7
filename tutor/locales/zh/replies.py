"""Chinese replies of the tutor in the chat that no model writes."""

MESSAGES: dict[str, str] = {
    "reply_greeting": "你好！关于这门课程，有什么都可以问我。{topics}",
    "reply_topics": "这门课程包含：{names}。",
    "reply_title_separator": "、",
    "reply_no_documents": "这门课程还没有文档。请老师先添加资料，然后再提问。",
    "reply_not_covered": "在你的课程材料里没有找到相关内容，所以我不会乱猜。{topics}",
    "reply_other_language": "课程资料使用的语言与你的提问不同；请用资料的语言提问，我还不能跨语言查找。",
    "reply_figure_not_found": "在你的课程材料里没有找到图 {number}。{known}",
    "reply_known_figures": "课程中有图 {names}。",
    "reply_own_words": "（以上是导师自己的话；课程中最接近的段落是 {mark}。）",
    "reply_unseen_figure": "（没有查看图片本身：以上内容来自图注和它前后的文字。）",
    "reply_translated": "（译自课程原文；点开编号可以看到原句。）",
    "reply_from_course": "课程里写道：{sentence}",
    "reply_not_answered": "在课程里没有找到这个问题的答案。最接近的内容是：{sentence}",
}

"""What errors say in other languages than English: by the key of the error, else by the name of its type.

In English an error speaks for itself; these are for people who read something else. The blanks are the error's values.
"""

from __future__ import annotations

from tutor.courses.upload_messages import UPLOAD_REFUSED_ZH
from tutor.ui.words import CATALOGS

CHINESE_ERRORS: dict[str, str] = {
    **{f"error_{kind}": words for kind, words in UPLOAD_REFUSED_ZH.items()},
    "circle": "“{one}”不能以“{other}”为基础：已有 {names}（前者依次以后者为基础），那样会形成循环。请先去掉其中一步。",
    "conversation_elsewhere": "这段对话不属于本课程，请另开一段对话。",
    "conversation_unnamed": "对话需要一个名称。",
    "course_taken": "课程编号“{course}”已被使用，请换一个名称或编号。",
    "course_untitled": "课程需要一个名称。",
    "course_wrong_id": "“{course}”不能用作课程编号：请用最多 64 个小写字母、数字和短横线。",
    "document_empty": "“{name}”是空文件，请选择有内容的文件。",
    "document_gone": "“{name}”的文件已删除，请重新上传。",
    "document_too_large": "“{name}”有 {size} MB，最多可读取 {limit} MB，请拆分后再上传。",
    "error_AdapterDamaged": "此版本的文件已损坏，请使用其他版本或重新训练。",
    "error_AdapterMismatch": "此版本是为另一个基础模型训练的，请重新训练。",
    "error_AdapterNotFound": "此版本的文件已不存在，请使用其他版本或重新训练。",
    "error_AdapterNotLoaded": "您的个人导师此刻无法载入。请在“我的导师”中换一个版本或关闭它。",
    "error_DocumentNotFound": "该文件或段落已不存在。",
    "error_EmbedderUnusable": "检索模型无法使用，请联系管理员。",
    "error_EngineBusy": "导师正忙，您排在第 {place} 位，请稍后再试。",
    "error_EngineNotReady": "模型仍在载入，请稍后再试。",
    "error_GenerationTimeout": "这次回答用时过长，已停止。请再试一次，或把问题问得短一些。",
    "error_IndexDamaged": "课程索引已损坏，正在重建，请稍后再试。",
    "error_NotAllowed": "您没有这个权限，请联系课程教师。",
    "error_NotFound": "找不到所需内容，它可能已被删除。",
    "error_OriginalMissing": "服务器上的原文件缺失或损坏，请重新上传。",
    "error_PromptTooLong": "消息太长，模型无法读取，请缩短后再试。",
    "error_RemoteEngineFailed": "模型服务器没有回答，请稍后再试。",
    "better_empty": "请先写下更好的回答，现在是空的。",
    "better_too_long": "更好的回答有 {count} 个字符，最多 {most} 个。",
    "guests_many": "这一分钟内进入的访客太多，请稍后再试。",
    "intake_ahead": "时间“{time}”晚于今天。",
    "intake_json": "这不是 JSON；请发送 xAPI 记录的列表，或 {{“statements”: […]}}。",
    "intake_lacks": "缺少 {name}。",
    "intake_large": "文件有 {size} 字节，最多可读取 {most} 字节，请分次发送。",
    "intake_long": "有 {count} 个字符，最多 {most} 个：“{start}…”",
    "intake_many": "文件有 {count} 条记录，一次最多 {most} 条，请分次发送。",
    "intake_no_learner": "“{name}”不是这里的学生；请在对应关系中写明他在这里的名字。",
    "intake_no_statement": "这不是一条记录。",
    "intake_none": "文件中没有记录；请发送 xAPI 记录的列表。",
    "intake_not_enrolled": "“{name}”没有参加本课程；请先让他加入。",
    "intake_no_time": "时间“{time}”不是 ISO 8601 格式。",
    "intake_no_zone": "时间“{time}”没有时区。",
    "intake_unjudged": "结果中既没有对错也没有分数，因此没有评定。",
    "intake_verb": "动词是“{verb}”；可导入的是 {verbs}。",
    "roster_line": "对应关系第 {number} 行应为“文件中的名字, 这里的名字”：“{line}”",
    "link_used": "此链接已使用过、已过期或不完整，请向教师索取新的链接。",
    "decided_meanwhile": "这个回答刚才已被重新判定，请重新打开它。",
    "decide_for": "请判定为正确、部分正确或不正确；“不确定”就是等待您判定的状态。",
    "error_IllegalStep": "这道题已经不能再这样操作：可能已回答、已过期或已结束。请刷新页面后继续。",
    "gift_kind": "“{prompt}”：GIFT 没有这种题型（{kind}），请用 QTI 导出。",
    "gift_matching": "“{text}”是配对题，目前不能读取。",
    "gift_no_answers": "这道题没有写在花括号里的答案：{text}",
    "gift_no_number": "“{prompt}”：{text} 不是数字。",
    "gift_no_right_answer": "“{prompt}”没有标出正确答案。",
    "item_few_options": "“{prompt}”：选项少于三个。",
    "item_gap_form_in_prompt": "“{prompt}”：题干里出现了所填术语的另一种形式。",
    "item_gap_in_prompt": "“{prompt}”：所填术语在题干别处出现了。",
    "item_gone": "这道题已不存在。",
    "item_incomplete": "“{prompt}”不完整：题目需要题干和答案，选择题的答案必须是选项之一。",
    "item_key_longest": "“{prompt}”：正确选项比其他选项长得多。",
    "item_known": "“{prompt}”已经在这里了。",
    "item_key_not_right": "“{prompt}”：按这种题型批改，题目自己的答案不算正确，请改题型或答案。",
    "item_key_word_in_prompt": "“{prompt}”：题干里含有答案中的词。",
    "item_option_in_option": "“{prompt}”：一个选项包含了另一个选项。",
    "item_option_in_prompt": "“{prompt}”：题干里出现了一个选项。",
    "item_same_options": "“{prompt}”：有两个选项相同。",
    "items_form": "不能导出为 {form}，请选择：{forms}。",
    "items_too_long": "文件有 {count} 个字符，最多可读取 {most} 个，请分开导入。",
    "no_items": "这段文字里没有题目，请粘贴 GIFT 或 QTI 2.1 格式。",
    "no_questions": "这门课程还没有题目。题目由课程文档生成，请联系教师。",
    "no_questions_about": "课程里还没有关于“{topic}”的题目，请换一个主题。",
    "no_such_question": "没有这道属于您的题目，请重新开始一次练习。",
    "nothing_to_place": "课程里还没有针对各知识点的题目，无法定级。",
    "say_why": "请用几个字说明理由，学生会读到。",
    "qti_interaction": "不能读取 {name} 这种题型。",
    "qti_no_item": "文件是 {name}，不是 assessmentItem。",
    "qti_no_response": "题目 {item} 没有作答方式或正确答案。",
    "qti_no_xml": "文件不是安全、格式正确的 XML。",
    "question_empty": "这条消息里没有问题，请用文字写出问题。",
    "question_too_long": "消息有 {count} 个字符，最多可读取 {most} 个。请缩短，或请教师把它作为文档上传。",
    "skill_taken": "课程中已有名为“{name}”的知识点。",
    "skill_unnamed": "知识点需要一个名称。",
    "turn_gone": "要替换的那次提问已不在这段对话中。",
}
ERROR_CATALOGS: dict[str, dict[str, str]] = {"zh": CHINESE_ERRORS}


def translate_error(error: BaseException, language: str) -> str:
    """Return an error's sentence in a language; its own message where that has no words for it."""
    words = {**CATALOGS[language], **ERROR_CATALOGS.get(language, {})}
    keys = (getattr(error, "key", None), f"error_{type(error).__name__}")
    key = None if language == "en" else next((key for key in keys if key in words), None)
    return words[key].format(**getattr(error, "values", {})) if key else str(error)

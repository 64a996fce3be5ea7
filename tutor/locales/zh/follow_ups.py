"""Chinese replies to what a learner says about the conversation itself."""

MESSAGES: dict[str, str] = {
    "follow_up_nothing_said": "这里还没有回答过什么。请先提一个关于课程的问题。",
    "follow_up_no_source": "课程里没有哪句话正好这样说。请谨慎看待我刚才的回答，或者问问老师。",
    "follow_up_source": "我刚才的回答出自这里：",
    "follow_up_doubt": "我也可能出错，请核对一下。课程里是这样写的：",
    "follow_up_quote": "“{quote}” [{number}]（{document}，{place}）",
    "follow_up_first_message": "这是你在这里的第一条消息。关于这门课程，有什么都可以问我。",
    "follow_up_first_question": "你最先问的是：“{question}”",
    "follow_up_questions": "你到目前为止的问题：",
    "follow_up_recap": "我们谈到了这些：",
    "follow_up_recap_line": "**{question}** {answer}",
    "follow_up_no_more": "关于这一点，我在课程里没有找到更多内容。可以问问它的另一个方面，或其中的某个词。",
    "follow_up_cannot_translate": "现在的模型不会翻译。请用资料的语言再问一次，或者请老师换一个更大的模型。",
    "follow_up_language_set": "好的，以后我用中文回答。你想了解什么？",
    "follow_up_more_intro": "课程里还写道：",
    "follow_up_short_intro": "简单说：",
    "follow_up_again_intro": "换成课程里的另一句话：",
    "reply_thanks": "不客气！还有不清楚的地方，随时问我。",
    "reply_farewell": "再见，祝你学习顺利！",
    "reply_acknowledge": "好的！可以接着提问，或者说“考考我”来检查一下自己记住了多少。",
}

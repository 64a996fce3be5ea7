"""Chinese hints at the questions of a quiz; none of them gives the answer away."""

MESSAGES: dict[str, str] = {
    "quiz_hint_place": "课程在“{place}”里讲到了它。",
    "quiz_hint_reread": "把题目逐字再读一遍：到底问的是什么？",
    "quiz_hint_not": "不是“{option}”。",
    "quiz_hint_neither": "既不是“{option}”，也不是“{other}”。",
    "quiz_hint_compare": "找到这句话的出处，把术语逐字比较。",
    "quiz_hint_other_term": "换成课程里的另一个术语读一遍：更合适还是更不合适？",
    "quiz_hint_length": "空缺的术语有{words}、{letters} 个字母。",
    "quiz_hint_characters": "空缺的术语有 {letters} 个字。",  # in languages without spaces
    "quiz_hint_one_word": "一个词",
    "quiz_hint_words": "{count} 个词",
    "quiz_hint_around": "看看空格前后：那里可以填什么样的东西？",
    "quiz_hint_pair": "“{first}”在“{second}”之前。",
    "quiz_hint_sentence": "课程里的这句话是：“{quote}”",
    "quiz_hint_answer": "好的回答是这样的：“{quote}”",
    "quiz_hint_begin": "写一个完整的句子就够了：以“{term}……”开头，说明它是什么、有什么作用。",
    "quiz_hint_last": "这是最后一个提示。试一试，或者跳过这一题去读原文。",
}

"""Starter questions of an empty chat."""

MESSAGES: dict[str, str] = {
    "starter_define": "什么是{term}？",
    "starter_define_many": "什么是{term}？",
    "starter_compare": "{one}和{other}有什么区别？",
    "starter_example": "能举一个{term}的例子吗？",
}

"""Chinese messages to the tutor: greetings, requests, reasons, results."""

GREETING = "你好|您好|嗨|谢谢|早上好"
GREETING_MARKS = "。！，"  # may follow a greeting

REQUEST_WORDS = (
    "请|给我|举|一?个|例子|总结|概括|小结|考考我|出(?:一)?道?题|关于|简单(?:一?点|些)?|难(?:一?点|些)?|一下|一遍|[吧呗]"
)
REQUEST_COMMAS = "，"
REASON_WORDS = "因为|所以|先|然后|两边"
RESULT_VERBS = "[得是为]"
RESULT_ENDS = "。！"
ALTERNATIVES = "或|？"

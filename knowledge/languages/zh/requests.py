"""Chinese messages to the tutor: greetings, requests, reasons, results."""

REQUEST_WORDS = (
    "请|给我|给个?|再|举|一?个|的?例子|实例|总结|概括|归纳|小结|考考我|出(?:一)?道?题|关于|简单(?:一?点|些)?|难(?:一?点|些)?|一下|一遍"
    "|一次|能不能|可以|换(?:个|种)?|(?:说|方)法|(?:更)?(?:详细|具体|深入|通俗|简短|简洁)(?:地|的|一?点|些)?|多?(?:解释|说|讲|介绍)(?:得|说|讲)?"
    "|用(?:简单|通俗|别)的?(?:话|语言|方式)?|继续|帮我|[吧呗吗？]"
)
REQUEST_COMMAS = "，"
REASON_WORDS = "因为|所以|先|然后|两边"
RESULT_VERBS = "[得是为]"
RESULT_ENDS = "。！"
ALTERNATIVES = "或|？"

LANGUAGE_NAMES = {"en": "英语|英文", "zh": "中文|汉语|普通话|华语|国语"}
LANGUAGE_REQUEST_WORDS = (
    "请 用 以 说 答 回 复 我 成 改 使 麻 烦 能 吗 吧 都 后 一 直 换 切 到 还 是 接 下 来 从 现 在 起 交 流 想"
)

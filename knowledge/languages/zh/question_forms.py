"""Chinese questions by what they ask for: their kinds and the words that must match."""

KINDS = (
    ("why", "为什么|为何|是?什么(?:让|使)|的?原因是什么"),
    ("role", "有(?:什么|何)(?:作用|用)|的作用是什么"),
    ("where", "在?(?:哪里|哪儿|何处|什么地方|什么位置)"),
    ("when", "在?(?:是?什么时候|何时|是?哪一?年|什么时间)"),
    ("how many", "是?多少[度个次]?|几[个次种条倍]"),
    ("who", "是?谁"),
    ("how", "怎么样?|怎样|如何"),
    ("whether", "吗|是否|是不是|能不能|会不会"),
    ("what", "(?:指的?)?是?什么|哪[个些]?"),
)

IGNORED_PHRASES = "请问|请|解释|说明|一下|看起来|呈现?|说的|会|呢|是|的|了|色|在"
IGNORED_PHRASES_BY_KIND = dict.fromkeys(("where", "when"), "发生|进行")

MUST_MATCH = "[一二三四五六七八九十百千前后上下]"
NEGATION = "不|没有?|无法|并非|未"
ANAPHORA = r"它|他|她|这|那|此|其|前者|后者|上述|刚才|^\s*(?:所以|然后|还有|再|举|例如|比如|继续)"

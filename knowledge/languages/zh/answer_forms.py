"""Chinese questions by the form of their answer, and how Chinese texts define, list and give causes."""

from knowledge.languages.scripts import HAN

LEAD_IN = (
    r"^\W*(?:(?:请问|请告诉我|告诉我|那么?|所以|请|你能|能不能|可以)(?:告诉我|说说)?[，,\s]*)*"
    r"(?:在?(?:课程|书|教材|课本)[中里]，?)?"
)

_TERM = r"(?P<term>.+?)"
_OTHER = r"(?P<other>.+?)"
_AND = "(?:和|与|跟|同|以及|及)"
_END = r"[\W]*$"
_WHAT = "(?:哪些|哪几[个种类]?|什么|几[个种类])"
_KINDS = "|".join(
    """
    类型 种类 部分 要素 元素 特点 特征 性质 优点 缺点 作用 功能 原则 方法 方式 条件 因素 例子 内容 好处 规则 成分 应用
    """.split()
)
_KINDS = f"(?:{_KINDS})"
_STEPS = "(?:步骤|流程|过程|阶段|顺序)"

FORMS = (
    (
        "comparison",
        rf"^(?:比较(?:一下)?|对比)?{_TERM}{_AND}{_OTHER}(?:之间)?(?:有什么|有何|有哪些|的|是什么)*(?:主要|根本)?的?"
        r"(?:区别|不同|差别|差异|异同|不一样|分别)",
    ),
    ("comparison", rf"^(?:请?比较(?:一下)?|请?对比(?:一下)?|区分){_TERM}{_AND}{_OTHER}{_END}"),
    (
        "steps",
        rf"^(?:列出|列举|描述|说明)?{_TERM}(?:的|有|包括|包含|分为|需要|由)*{_WHAT}?的?(?:主要)?{_STEPS}(?:是什么|有哪些|组成)?{_END}",
    ),
    ("calculation", r"^(?:计算|求解|求)|等于(?:多少|几)"),
    ("cause", "为什么|为何|为啥|怎么会|什么原因|的原因|是什么导致|因何"),
    (
        "list",
        rf"^{_TERM}(?:都|主要|通常|一般)?(?:有|包括|包含|分为|可分为|由|具有|含有)(?:着)?{_WHAT}(?:主要|基本|不同)?的?{_KINDS}?(?:组成|构成|呢)?{_END}",
    ),
    ("list", rf"^{_TERM}的(?:主要|基本)?{_KINDS}(?:都|主要)?(?:有哪些|是什么|有什么|是哪些){_END}"),
    (
        "list",
        rf"(?:[两二三四五六七八九十几]|\d+)[个种条项类](?:主要|基本)?{_KINDS}(?:分别)?(?:是什么|有哪些|是哪些|包括什么){_END}",
    ),
    ("list", rf"^(?:列出|列举|举出|说出){_TERM}{_END}"),
    ("list", rf"^(?:有)?(?:哪些|哪几[个种类]?){_KINDS}?的?{_TERM}{_END}"),
    ("definition", rf"^(?:什么是|什么叫做?|何谓|何为|定义|给出){_TERM}(?:的定义)?{_END}"),
    (
        "definition",
        rf"^{_TERM}(?:是什么意思|指的是什么|是指什么|指什么|是什么|的定义是什么|的定义|的含义是什么|的含义|是啥){_END}",
    ),
    ("definition", rf"^(?:解释|介绍|说明|讲讲)(?:一下)?(?:什么是)?{_TERM}{_END}"),
    ("process", "怎么|如何|怎样"),
)
NOT_A_TERM = r"的(?:作用|目的|功能|优点|缺点|结果|数量|公式|名字|意义|好处|单位|大小|形状|值)|[谁哪几]|多少|时候"
TERM_TAIL = r"(?!)"

_ASIDE = r"(?:（[^）]{1,60}）|\([^)]{1,60}\))?"
DEFINING = (
    (
        1.0,
        rf"^(?:[^，。；]{{0,14}}，)?(?:所谓|这里的)?[“「*]*{{name}}[”」*]*{_ASIDE}，?(?:就?是指|指的是|是一[种个类组]|定义为|被定义为|是这样)",
    ),
    (
        0.95,
        rf"(?:称为|叫做|叫作|称作|称之为|被称为|称它为|称其为|称为是)(?:一[个种类])?[“「*]*{{name}}[”」*]*(?={_ASIDE}[，。；、,.;\s]|{_ASIDE}$)",
    ),
    (0.85, rf"^[“「*]*{{name}}[”」*]*{_ASIDE}[:：]"),
    (0.8, rf"^(?:[^，。；]{{0,14}}，)?[“「*]*{{name}}[”」*]*{_ASIDE}(?:是|指|表示|描述了?|即|就是|意味着)"),
    (0.8, rf"(?:是|即)[“「*]*{{name}}[”」*]*{_ASIDE}(?:问题|现象|方法|技术)?[:：]"),
    (0.75, rf"(?:即|就是|也就是)[“「*]*{{name}}[”」*]*{_ASIDE}[，。；]"),
    (0.75, rf"[，。；][“「*]*{{name}}[”」*]*{_ASIDE}(?:是指|指的是|是一[种个类])"),
    (0.7, r"[*]{name}[*]（"),
    (0.6, r"{name}(?:通过|用于|用来|可以|能够|对|将)"),
)
CONTRASTING = r"(?:不同于|与|和|相对于|而不是|而非|不像)[“「*]*{name}[”」*]*(?:不同|相反|相比|相对)|不是[“「*]*{name}"
LEANS_ON_BEFORE = "^(?:{})".format(
    "|".join(
        """
        它 这 那 其 但 而 所以 因此 因为 于是 此外 也 并 不过 同时 然后 接着 前者 后者 例如 比如 另外 如果 相反 然而 更
        """.split()
    )
)
EXAMPLE_START = "^(?:例如|比如|举个?例)"
# A defining sentence that names what the one before it says.
NAMES_WHAT_WAS_SAID = "称之为|称它为|称其为|^(?:这|此|该)[^，。]{0,12}(?:称为|叫做|叫作|称作|就是)"
NAMES_ANOTHER = "称为|叫做|叫作|称作|称之为"  # a sentence that defines something, too
CONTINUES = r"^(?:它|这|其|该)"
CAUSAL = "因为|由于|因此|所以|从而|以便|为了|导致|使得|原因|于是|因而|意味着|有助于|可以避免|避免|降低"
STATES_CAUSE = "因为|由于|因此|所以|从而|以便|为了|原因|于是|因而"  # whatever they stand in
# A question for a purpose, and the words with which texts state one.
ASKS_PURPOSE = "为什么.*(?:要|需要|用|使用|重要)|为何.*(?:要|需要|用)"
PURPOSE_WORDS = "目的 作用 优点 好处"
CONCLUDES = "因此|所以|于是|因而|由此"
GLOSSARY_HEADING = "术语|词汇表|名词解释"
# A sentence that lists several things.
ENUMERATES = "、[^、。]{1,30}(?:、|和|与|以及|及)|(?:分为|包括|如下|以下)[^。]*[：、]"
# A question to be answered with yes or no, and how such an answer begins.
ASKS_WHETHER = r"吗\W*$|是不是|是否|能不能|会不会|有没有|可不可以"
YES_OR_NO = r"^\W*(?:是的?|对|不是?|不对|否|可以|不可以)[，。、；！]\s*"
# What joins the things that a list in one sentence names.
JOINS_ITEMS = "[、，；：]|和|与|以及|及|或"
# How a model says that it was not given the answer.
DECLINES = (
    "(?:抱歉，?|很抱歉，?)?(?:根据)?(?:提供的|给出的|这段)?(?:课程原文|课程文本|课程|原文|文中|文本|材料|文章)(?:中|里)?，?"
    "(?:并?没有|并?未|没)(?:明确|具体|直接)?(?:提到|提及|说明|说|给出|涉及|解释|描述|指出|列出)"
)
# A sentence that tells what somebody believes or claims, or that it was taken back.
REPORTS = (
    "(?:有(?:些|的)?人|人们|不少人|很多人|许多人|一些(?:人|科学家|学者))(?:仍|还|曾|常|总|往往|错误地)*(?:认为|以为|相信|声称|担心)"
    "|误以为|误认为|误区|误解|谣言|传言|据称|错误地|撤稿|被(?:驳斥|推翻|证伪)"
)
# Where a sentence goes over from one of two terms to the other.
CONTRAST_JOINTS = "；|，?(?:而(?!且)|但是?|相反|然而|反之)"
# A negation and the two characters that it negates.
NEGATED = rf"(?:不|没有?|未|无法|并非|无需)(?:会|能够?|是|要|再|需要?|可以|可能|应该?|必)?(?P<term>[{HAN}]{{2}})"
# Terms that a subject contrasts.
CONTRAST_PAIRS = """
    增大/减小 增加/减少 提高/降低 上升/下降 变大/变小 较大/较小 过大/过小 过高/过低 正数/负数 过拟合/欠拟合
    消失/爆炸 编码器/解码器 输入/输出
    训练集/测试集 训练时/测试时 最大/最小 全局/局部 内部/外部 前向/反向 有监督/无监督
    批量/在线 开启/关闭 之前/之后 左侧/右侧 吸热/放热 氧化/还原 动脉/静脉
    中枢/周围 主动/被动 收缩/舒张 吸气/呼气 显性/隐性
"""
# Particles, verbs and counters of questions: a pair of characters with one of them is no name.
FUNCTION_CHARACTERS = (
    "[的了吗呢啊吧在是有和与或及里中上下内外不没要会能可以为被把给对从到用做让使这那哪什么怎样如何个些种几多少大小各自"
    "一二三两四五第请说讲写列出分别都也还就才又很最更比其它他她我你您们之于来去过着地得向而且但因所因此若则果当时后前间]"
)
ASKS_COUNT = "多少[个种位次条只件]|有几[个种位次条只件]|有多少"
COUNT = "[零一二两三四五六七八九十百千万亿半几]|多[个种]|全部|所有|没有|大多数|无数|无限"
COMPUTES = "除以|乘以|乘上|加上|减去|等于|之和|之差|之积|之比"
OFFERS = r"(?P<one>[^\s，。？?是]{1,8})还是(?P<other>[^\s，。？?是]{1,8})"

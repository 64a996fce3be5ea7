"""Chinese personal data: the words before it and its written forms. The cues are patterns that match no characters."""

from knowledge.languages.scripts import HAN
from knowledge.languages.zh.person_names import COMPOUND_SURNAMES, GIVEN, NO_SURNAMES, NOT_GIVEN, NOT_NAMES, SURNAMES

DATE = r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]"
BIRTHDAY_CUE = (
    r"(?<=出生于)|(?<=我生于)|(?<=生日[：是在为])|(?<=生日)(?=\d{4})|(?<=出生日期[：是])|(?<=出生日期)(?=\d)"
    r"|(?<=出生年月[：是])|(?<=出生[：:])"
)
STUDENT_NUMBER_CUE = (
    "(?<=学号)|(?<=考号)|(?<=准考证号)|(?<=学生证号)|(?<=我的工号)|(?<=一卡通号)|(?<=学籍号)|(?<=报名号)|(?<=考生号)"
)
IS = "是|为"  # between a cue and a number
SECRET_CUE = (
    "(?<=密码是)|(?<=密码为)|(?<=密码：)|(?<=口令是)|(?<=口令：)|(?<=验证码是)|(?<=验证码：)"
    "|(?<=密码就是)|(?<=密码设成)|(?<=密码设为)|(?<=密码用的是)"
)
NAME_CUES = "(?:我是|我叫|叫我|我名叫|名字是|我的名字叫)"
INTRODUCED_NAME = (
    rf"(?:(?<=我叫)|(?<=我的名字是)|(?<=我的名字叫)|(?<=我名叫)|(?<=请叫我)|(?<=大名是)|(?<=我本名)|(?<=我姓名)"
    r"|(?<=[真本全原大小姓网]名[是叫：])|(?<=昵称[是叫：]))"
    rf"[{HAN}]{{2,4}}?(?=[，。、！？,.!?\s]|$)"
)

COLONS = "："
SECRET_ENDS = "。，"
CITES_LINK = "引自|载于|检索自|来源[：:]|出处[：:]|参见"
LINK_ENDS = "）"
PHONE_CUE = "电话|座机|总机|分机|传真|宿舍|号码|联系方式|打给|手机|致电|拨打|联系|短信|微信"
# Directly before a number: it is a version, or a code of the subject.
TECHNICAL_CUE = (
    "版本|固件|内核|驱动|更新[到至]|升级[到至]|[升降回退]{1,2}到|条形?码|书号|货号|型号|序列号|章节?|节"
    "|(?:默认|初始|示例|测试)(?:密码|口令)(?:[是为：]|设[成为])"
)

_NO_NAME = f"(?!{NOT_NAMES})"
_WORDS = f"(?!{NOT_GIVEN})"
_FAMILY = f"(?:{COMPOUND_SURNAMES}|{_NO_NAME}[{SURNAMES}])"
_FULL_NAME = rf"(?P<found>{_FAMILY}[{HAN}]{{1,2}}?)"
_STOP = r"[，。！？；,.!?;\s]|$"
_END = (
    rf"(?=、|{_STOP}|[在的是也和说住有给讲会做教问写来去没不上先跟都就把让考得拿被比跑打借读答交帮算解]"
    "|觉得|认为|参加|转学|生病|迟到)"
)
# behind words that leave little else to follow: to the next end, else two characters
_SURE_NAME = rf"(?P<found>{_FAMILY}[{HAN}]{{1,2}}?{_END}|{_FAMILY}[{HAN}])"
_CLOSE_PEOPLE = (
    "朋友|好友|同学|室友|同桌|哥哥|姐姐|弟弟|妹妹|妈妈|爸爸|老师|邻居|同事|表哥|表姐|表弟|表妹|堂哥|堂姐|舅舅|叔叔|姑姑|阿姨|爷爷|奶奶"
    "|男友|女友|导师|教练|班主任|儿子|女儿|丈夫|妻子|老公|老婆|外公|外婆|姥姥|妈|爸|哥|姐|弟|妹|闺蜜|师兄|师姐|学长|学姐|学弟"
    "|学妹|对象|老板|领导|舍友|搭档|队友|组员|班长|组长|姨妈|姨父|姑妈|姑父|舅妈|婶婶|伯伯|伯父|[大二三四小老](?:伯|叔|姨|舅|姑|哥|姐|弟|妹|婶|爷)|侄子|侄女|外甥|外甥女|发小"
    "|辅导员|助教|家教|师傅|房东|经理|上司|医生|孩子|嫂子|姐夫|妹夫|教授|校长|队长|社长"
)
_ROLES = r"(?:[班队社舍室寝]长|组长|课代表|[学体文劳]\w委员|团支书|(?:纪律|生活|宣传|组织|卫生)委员|值日生)"
_CALLS_ON = "(?:点名|表扬|批评|提醒|让|叫|请|派|选|问|夸|罚)了?"
_CALLED_TO = "回答|上[台来去黑]|念|读|背|发言|站|坐|把|做|写|解|去|来|帮|当|留|交|演示|朗读|重[做写]|说|讲"
_BEFORE = (
    r"(?:^|[，。！？；：\s]|[昨今前]天|刚[才刚]|上周|昨晚|[早晚]上|[上下]午|后来|然后|因为|听|是|被|让|请|跟|和|由)"
)
# What people do to the one who writes. "我们" is how a text speaks of everybody.
_DID_TO_ME = (
    "[刚又曾]?[来去]?(?:告诉|教|问|帮|借给|给|陪|带|找|叫|约|请|骂|打|送|看|邀请|提醒|推荐给|解释给|发给|对|跟|和|让|抄|嘲笑)"
    "[了过]?我(?!们)"
)
_DID_TO_SOMEBODY = "(?:和|跟|与|同|陪|帮|问|找|约|请教|认识|遇到|碰到|见到|告诉|借给|还给|送给|发给|给|抄)[了过]?"
_TOGETHER = "一起|一块|吵架|打架|都|讨论|合作|约|住|去|玩|做|同班|同桌|不"
# Before a name that only its characters tell, in a sentence that speaks of "me".
_ANY_BEFORE = (
    r"(?:^|[，。！？；：、“（(\s]|[和跟与同给向对问找请让叫被是由替帮到了过说友弟妹姐哥学师生的]|[昨今前]天|周)"
)
NAMES = (
    rf"{_ANY_BEFORE}(?P<found>{_WORDS}{_FAMILY}[{GIVEN}]{{1,2}})(?=[^。！？\n]{{0,40}}我(?![们国]))",
    rf"我(?![们国])[^。！？\n]{{0,30}}?{_ANY_BEFORE}(?P<found>{_WORDS}{_FAMILY}[{GIVEN}]{{1,2}})",
    rf"我们?的?最?[好男女]?的?(?:{_CLOSE_PEOPLE})[叫是]?{_SURE_NAME}",
    rf"(?:班长|组长|课代表|班的|隔壁的|同桌的)[是叫]?{_FULL_NAME}{_END}",
    rf"{_ROLES}[是叫]?{_SURE_NAME}",
    rf"(?:老师|班主任|教练|{_ROLES}){_CALLS_ON}{_FULL_NAME}(?={_CALLED_TO}|{_STOP})",
    rf"(?:^|[，。！？\s]){_FULL_NAME}(?=[，,！!]\s?(?:你|您|早|晚|在吗|谢谢|多谢|对不起|抱歉|请问|帮我|我是|我想|我们))",
    rf"(?:^|[。！？\s])(?:你好|您好|[嗨嘿喂]|亲爱的|早上好|晚上好)[，,！!]?\s?{_FULL_NAME}(?={_STOP}|[：:])",
    rf"我们?的[{HAN}]{{1,3}}?(?:{_CLOSE_PEOPLE})[叫是]?{_SURE_NAME}",
    rf"(?:{_CLOSE_PEOPLE})的名字[是叫]{_FULL_NAME}(?={_STOP})",
    rf"(?:^|[，。！？\s])(?:{_CLOSE_PEOPLE})[叫是]?{_FULL_NAME}{_END}",
    rf"叫我(?P<found>[小阿老][{HAN}]|{_FAMILY}[{HAN}]{{1,2}})(?={_STOP}|就)",
    rf"(?:一[个位名]|[那这有]个?)名?叫{_FULL_NAME}(?=的|{_STOP})",
    rf"我[{HAN}]{{0,6}}的是{_FULL_NAME}(?={_STOP})",
    rf"点了?{_FULL_NAME}(?=的名)",
    rf"我姓(?P<found>{_FAMILY})(?={_STOP})",
    rf"老师(?:姓|叫){_FULL_NAME.replace('{1,2}', '{0,2}')}(?={_STOP})",
    rf"(?:^|[，。！？\s])(?:这里是|我[，（(]){_FULL_NAME}(?=[）)]|{_STOP})",
    rf"(?:隔壁班|同班|邻座|前桌|后桌|同组|前排|后排|邻班|我们[班组队校]|[班组队]里)(?:的|有个|有)?(?:同学)?(?:叫|是)?"
    rf"{_SURE_NAME}",
    rf"(?:^|[，。！？\s]){_FULL_NAME}(?=[（(][{HAN}\d]{{1,6}}[班级组][）)])",
    rf"(?:致|抄送|提交人|作者|签名|签字|填表人|组员|成员|参加者|父亲|母亲|监护人)[：:]{_FULL_NAME}(?={_STOP}|、)",
    rf"(?:妈妈|爸爸|家长|母亲|父亲|监护人|老师|同学|同桌|朋友)[（(]{_FULL_NAME}(?=[）)])",
    rf"(?:老师|班主任|同桌|室友)是{_FULL_NAME}(?={_STOP})",
    rf"我是(?P<found>{_FAMILY}[{HAN}]{{1,2}})(?=，[{HAN}\d]{{0,6}}[班级]的)",
    rf"(?:大家|你们|您|你)好[，！]我是{_FULL_NAME}(?={_STOP})",
    rf"我是[{HAN}\d]{{1,6}}[的班]{_FULL_NAME}(?={_STOP})",
    rf"我是{_FULL_NAME}(?<![人生者员座族派号])(?={_STOP})",
    rf"本人{_FULL_NAME}(?={_STOP})",
    rf"(?:同学|朋友|男生|女生|孩子|学生|老师|儿子|女儿|[他她]|[他她]名字)叫{_FULL_NAME}{_END}",
    rf"叫{_FULL_NAME}(?=的(?:同学|朋友|男生|女生|孩子|学生|人))",
    rf"(?:姓名|联系人|收件人|寄件人|考生|家长|署名)[：:是]?{_FULL_NAME}(?={_STOP}|学号|电话)",
    rf"{_FULL_NAME}(?=的(?:电话|手机|生日|邮箱|微信|学号|座位|作业|妈妈|爸爸|家里)(?:是|在|没|有|，|。|$))",
    rf"(?:给|替|通知|问问|转告|感谢|帮我问|祝){_FULL_NAME}(?=发邮件|打电话|写信|一下|同学|{_STOP})",
    rf"(?:学生|同学){_FULL_NAME}(?={_STOP}|敬上|[昨今前]天)",
    rf"(?:祝好|此致|敬礼|再见|拜拜)[，。！\s]{{1,2}}{_FULL_NAME}(?=[。！]?$)",
    rf"(?:^|[，。！？\s]){_FULL_NAME}(?=是我们[班组校队家]|[坐住]在?我)",
    rf"(?:^|[，。！？\s]){_FULL_NAME}(?=(?:说|觉得|认为|以为)我(?!们))",
    rf"(?:{_BEFORE}|[我到向对可但])(?P<found>{_NO_NAME}[{SURNAMES}][{HAN}]{{0,2}}?)(?=老师|同学|医生|阿姨)",
    rf"(?:谢谢|此致敬礼)[，！]\s?{_FULL_NAME}(?=[。！]?$)",
    rf"(?:请|问|找|和|跟|给|是|谢谢|联系|麻烦|告诉|通知|拜托|感谢|陪|替|^)(?P<found>{_NO_NAME}[{SURNAMES}][{HAN}]{{0,2}}?)(?=同学|老师|先生|女士|医生|教授|校长|主任|教练|师傅)",
    rf"[这那上下一][道节本张份次门堂](?:题目?|课文?|卷子?|作业|试卷|实验)(?P<found>{_NO_NAME}[{SURNAMES}])(?=老师)",
    rf"(?:^|谢谢|请问|感谢|[，。！？\s])(?P<found>[{HAN}])(?<![{NO_SURNAMES}])(?=老师)",
    rf"(?:^|{_STOP})(?P<found>小[{HAN}])(?=同学)",
    rf"{_BEFORE}{_FULL_NAME}(?={_DID_TO_ME})",
    rf"{_BEFORE}{_FULL_NAME}(?=是我的?(?:{_CLOSE_PEOPLE}))",
    rf"(?:^|[，。！？\s]){_FULL_NAME}(?=[和跟与]我(?:{_TOGETHER}))",
    rf"我(?!们)[{HAN}]{{0,4}}?{_DID_TO_SOMEBODY}{_FULL_NAME}"
    rf"(?={_STOP}|{_TOGETHER}|[借说学要拿换吵聊坐讲打比对改]|怎么|什么)",
    rf"我们[组班队]有{_FULL_NAME}(?=[、，])",
    rf"、{_FULL_NAME}(?=[和跟]我(?!们))",
)
HOME = (
    rf"(?:住在|家住|我住|地址是|地址：|住址：|住址是|家在|寄到我家[：，]|寄(?=[{HAN}]{{2,3}}[省市县区])|寄到|送到|搬到)"
    rf"(?P<found>[{HAN}\d]{{0,30}}?\d+[号室栋楼弄幢](?:[{HAN}]{{0,2}}\d+[号室栋楼幢])*)"
)
# Names of accounts and numbers of papers, behind the words that say what they are.
ACCOUNTS = (
    r"(?:微信|抖音|快手|小红书|微博|[Bb]站)号?\s?(?P<found>(?=[A-Za-z-]{0,40}[\d_])[A-Za-z][A-Za-z\d_-]{4,40})",
    r"(?:微信|支付宝|抖音|快手|小红书|微博|知乎|[Bb]站|钉钉|用户名)(?:账?号|ID|昵称)?(?:是|叫|：|:)\s?@?(?P<found>[A-Za-z][\w-]{4,40})",
    r"(?:QQ|qq)号?(?:是|：|:)?\s?(?P<found>[1-9]\d{4,10})(?!\d)",
)
PAPERS = (
    r"身份证(?:号码?)?(?:是|为|：|:)?\s?(?P<found>\d{14,17}[\dXx])",
    r"(?:护照号?|驾照号?|社保号|银行账号|银行卡号|账号)(?:是|为|：|:)?\s?(?P<found>[A-Z]{0,2}\d[\d ]{5,20}\d)",
    rf"车牌号?(?:是|为|：|:)?\s?(?P<found>[{HAN}][A-Z]·?[A-Z\d]{{5,6}})",
)
BIRTHDAYS = rf"(?P<found>(?:{DATE}))(?=出生|是[我他她]的?生日|生的?(?:，|。|$))"
SECRETS = r"密码\s?(?P<found>(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z\d_-]{6,40})(?![A-Za-z\d])"
PHONES = (
    r"(?:电话|座机|固话|小灵通)(?:号码?)?(?:是|为|：|:)?\s?(?P<found>\d{3,4}[- ]?\d{4})(?!\d)",
    r"(?<![\d.])(?P<found>\d[\d -]{6,14}\d)(?=是[我他她]的?(?:电话|手机|号码))",
)

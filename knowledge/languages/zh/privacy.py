"""Chinese personal data: the words before it and its written forms. The cues are patterns that match no characters."""

from knowledge.languages.scripts import HAN

DATE = r"\d{4}年\d{1,2}月\d{1,2}日"
BIRTHDAY_CUE = "(?<=出生于)|(?<=生日是)"
STUDENT_NUMBER_CUE = "(?<=学号)"
IS = "是"  # between a cue and a number
SECRET_CUE = "(?<=密码是)|(?<=密码：)"
INTRODUCED_NAME = rf"(?:(?<=我叫)|(?<=我的名字是)|(?<=我名叫))[{HAN}]{{2,4}}?(?=[，。、！？,.!?\s]|$)"

COLONS = "："
SECRET_ENDS = "。，"
LINK_ENDS = "）"
PHONE_CUE = "电话|手机|致电|拨打|联系|短信|微信"
# Directly before a number: it is a version, or a code of the subject.
TECHNICAL_CUE = "版本|章节?|节|(?:默认|初始|示例|测试)密码是|(?:默认|初始|示例|测试)密码："

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND_SURNAMES = "欧阳|司马|上官|诸葛|夏侯|司徒|东方|尉迟|皇甫|慕容"
_FAMILY = f"(?:{_COMPOUND_SURNAMES}|[{_SURNAMES}])"
_END = r"(?=[，。、！？,.!?\s]|[在的是也和说住有给讲会做教问写来去没不上先]|$)"
NAMES = (
    rf"我(?:的)?(?:好|男|女)?(?:朋友|同学|室友|同桌|哥哥|姐姐|弟弟|妹妹|妈妈|爸爸|老师|邻居|同事|表哥|表姐)(?:叫|是)?"
    rf"(?P<found>{_FAMILY}[{HAN}]{{1,2}}?{_END}|{_FAMILY}[{HAN}])",
    rf"(?:班长|组长|班的|隔壁的)(?:是|叫)?(?P<found>{_FAMILY}[{HAN}]{{1,2}}?){_END}",
    rf"我是(?P<found>{_FAMILY}[{HAN}]{{1,2}})(?=，[{HAN}\d]{{0,6}}[班级]的)",
    rf"(?:请|问|找|和|跟|给|是|谢谢|^)(?P<found>[{_SURNAMES}][{HAN}]{{0,2}}?)(?=同学|老师|先生|女士|医生)",
)
HOME = rf"(?:住在|家住|地址是)(?P<found>[{HAN}\d]{{2,30}}?\d+[号室栋楼弄](?:\d+[号室栋楼])*)"

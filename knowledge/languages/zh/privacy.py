"""Chinese personal data: the words before it and its written forms. The cues are patterns that match no characters."""

from knowledge.languages.scripts import HAN

DATE = r"\d{4}年\d{1,2}月\d{1,2}日"
BIRTHDAY_CUE = "(?<=出生于)|(?<=生日是)"
STUDENT_NUMBER_CUE = "(?<=学号)"
SECRET_CUE = "(?<=密码是)|(?<=密码：)"
INTRODUCED_NAME = rf"(?:(?<=我叫)|(?<=我的名字是)|(?<=我名叫))[{HAN}]{{2,4}}?(?=[，。、！？,.!?\s]|$)"

COLONS = "："
SECRET_ENDS = "。，"
LINK_ENDS = "）"

"""Chinese definitions: the patterns by which a textbook names its terms, and the words at which a name is cut.

A pattern has the group `name`.
"""

from knowledge.languages.scripts import HAN

DEFINITIONS = (
    rf"(?:称为|称作|称之为|叫做|叫作|名为|所谓)(?:是|一个|一种)?[“「『]?(?P<name>[{HAN}A-Za-z]{{2,12}}?)(?=[”」』（(，。、；：的]|是|$)",
    rf"^[“「『]?(?P<name>[{HAN}A-Za-z]{{2,8}}?)[”」』]?(?:（[^）]*）)?(?:是指|指的是|是一[种个类]|定义为|被定义为)",
)
# A name followed by its English translation in brackets.
TRANSLATED_NAME = rf"(?P<left>[{HAN}A-Za-z]{{2,16}})[”」』]?[（(](?P<english>[A-Za-z][A-Za-z'’ ,-]{{1,60}})[）)]"
# Words that join: a name begins after the last of them.
NAME_BOUNDARY = (
    "称为|称作|称之为|叫做|叫作|名为|所谓|一种|一个|一些|一类|这种|这个|某种|某个|通过|使用|采用|利用|就是|以及|例如|包括|作为|其中"
    "|我们|他们|进行|计算|引入|介绍|训练出|具有|基于|根据|对于|关于|属于|用于|来自|以|即|的|和|与|或|是|了|在|把|将|被|从|由|使|让|用|有"
)

GLOSSARY_NAME = rf"[{HAN}A-Za-z]{{2,14}}"
GLOSSARY_HEADING = "术语|词汇|名词解释|关键词|概念表"
GLOSSARY_COLON = "："
TASK_START = "请|编写|写一个|试求|计算下|求下"

"""Chinese numerals: characters for digits and for powers of ten."""

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
POWERS_OF_TEN = {"十": 10, "百": 100, "千": 1_000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}  # they multiply all that precedes them
PERCENT_PREFIX = "百分之"
OVER = "分之"  # denominator before it, numerator after it
POINT = "点"  # digits follow it one by one
DENOMINATOR = "[一二两三四五六七八九十]"

# behind a number in digits; 千克 and 百帕 are units
SCALE_AFTER_DIGITS = "[万亿]|[百千](?![克米瓦焦帕赫伏安卡])"
PERCENT = "％"

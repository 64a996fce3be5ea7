"""Chinese symbols of units of measure, each with the international one."""

SYMBOLS = {
    "米": "m",
    "厘米": "cm",
    "毫米": "mm",
    "千米": "km",
    "公里": "km",
    "克": "g",
    "毫克": "mg",
    "千克": "kg",
    "公斤": "kg",
    "吨": "t",
    "秒": "s",
    "分钟": "min",
    "小时": "h",
    "天": "d",
    "升": "L",
    "毫升": "mL",
    "摄氏度": "°C",
}

"""The words of a picture of one's work: attaching it, what was read, why it could not be."""

MESSAGES: dict[str, str] = {
    "photo_attach": "图片",
    "photo_camera": "拍照",
    "photo_reading": "正在识别图片……",
    "photo_read": "这是我读到的内容。请先改正，再发送。图片没有保存。",
    "photo_read_ocr": "这是我读到的内容（适合印刷文字，手写往往认不准）。请先改正，再发送。图片没有保存。",
    "photo_failed": "图片没有送达服务器，请再试一次。",
    "photo_too_big": "图片超过 {megabytes} MB，请降低分辨率后再拍。",
    "photo_not_picture": "这个文件不是图片，请选择 PNG 或 JPEG。",
    "photo_heic": "这张图片是 HEIC 或 AVIF 格式，这里无法读取；请用 JPEG 拍摄，或截屏后再上传。",
    "photo_pixels": "图片超过 {millions}00 万像素，请缩小，或只截取需要的部分。",
    "photo_damaged": "图片已损坏，无法打开，请重新拍摄。",
    "photo_empty": "图片里读不出文字。请从正上方拍摄，光线均匀，字迹尽量大。",
    "photo_slow": "识别这张图片用时过长，请靠近些，只拍几行。",
    "photo_busy": "正在识别别的图片，请稍后再试。",
    "photo_no_reader": "这台服务器不能识别图片：既没有 OCR，也没有能看图的模型。请输入文字。",
    "blind": "这里回答问题的模型不能看图片，请用文字写下图中的内容。",
}

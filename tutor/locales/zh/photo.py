"""Messages about a photo of the learner's work: attaching it, what was read, why it could not be read."""

MESSAGES: dict[str, str] = {
    "photo_attach": "图片",
    "photo_camera": "拍照",
    "photo_reading": "正在识别图片……",
    "photo_read": "这是我读到的内容。如有错误请改正，然后发送。图片没有保存。",
    "photo_read_ocr": "这是我读到的内容（适合印刷文字，手写往往认不准）。如有错误请改正，然后发送。图片没有保存。",
    "photo_failed": "图片没有送达服务器，请再试一次。",
    # why a picture could not be read
    "photo_too_big": "这张图片超过 {megabytes} MB，请降低分辨率。",
    "photo_not_picture": "这个文件不是图片，请选择 PNG 或 JPEG。",
    "photo_heic": "这里无法读取 HEIC 或 AVIF 格式的图片。请用 JPEG 拍摄，或截屏后再上传。",
    "photo_pixels": "这张图片超过 {millions}00 万像素，请缩小或裁剪。",
    "photo_damaged": "这张图片已损坏，无法打开，请重新拍摄。",
    "photo_empty": "这张图片里没有找到文字。请从正上方、在均匀的光线下靠近拍摄，让字迹足够大。",
    "photo_slow": "识别这张图片用时过长。请靠近些，只拍几行。",
    "photo_busy": "正在识别别的图片，请稍后再试。",
    "photo_no_reader": "这台服务器不能识别图片：既没有文字识别，也没有能看图的模型。请直接输入文字。",
}

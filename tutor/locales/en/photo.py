"""The words of a picture of one's work: attaching it, what was read, why it could not be."""

MESSAGES: dict[str, str] = {
    "photo_attach": "Picture",
    "photo_camera": "Take a photo",
    "photo_reading": "Reading your picture …",
    "photo_read": "This is what I read. Correct it, then send. The picture was not kept.",
    "photo_read_ocr": "This is what I read (printed text; handwriting seldom works). Correct it, then send. "
    "The picture was not kept.",
    "photo_failed": "The picture did not reach the server; try again.",
    "photo_too_big": "This picture is larger than {megabytes} MB; take it with fewer pixels.",
    "photo_not_picture": "This file is not a picture; choose a PNG or a JPEG.",
    "photo_heic": "This picture is in the HEIC or AVIF format, which cannot be read here; take it as JPEG, or make a "
    "screenshot of it.",
    "photo_pixels": "This picture has more than {millions} million pixels; make it smaller, or cut out what matters.",
    "photo_damaged": "This picture is damaged and cannot be opened; take it again.",
    "photo_empty": "Nothing can be read in this picture; take it straight from above, in even light, with the "
    "writing large.",
    "photo_slow": "This picture took too long to read; take one of fewer lines, closer.",
    "photo_busy": "Other pictures are being read just now; try again in a moment.",
    "photo_no_reader": "Pictures cannot be read on this server: it has neither OCR nor a model that sees. Type your "
    "text.",
    "blind": "The model that answers here does not see pictures; write down what is in it.",
}

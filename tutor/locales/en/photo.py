"""Messages about a photo of the learner's work: attaching it, what was read, why it could not be read."""

MESSAGES: dict[str, str] = {
    "photo_attach": "Picture",
    "photo_camera": "Take a photo",
    "photo_reading": "Reading your picture …",
    "photo_read": "This is what I read. Correct it if needed, then send. The picture was not stored.",
    "photo_read_ocr": "This is what I read (printed text works; handwriting often does not). Correct it if needed, "
    "then send. The picture was not stored.",
    "photo_failed": "The picture did not reach the server. Please try again.",
    # why a picture could not be read
    "photo_too_big": "This picture is larger than {megabytes} MB. Please use a lower resolution.",
    "photo_not_picture": "This file is not a picture. Please choose a PNG or JPEG file.",
    "photo_heic": "Pictures in the HEIC or AVIF format cannot be read here. Please take it as JPEG, or take a "
    "screenshot of it.",
    "photo_pixels": "This picture has more than {millions} million pixels. Please make it smaller or crop it.",
    "photo_damaged": "This picture is damaged and cannot be opened. Please take it again.",
    "photo_empty": "No text was found in this picture. Take it straight from above, in even light, close enough that "
    "the writing is large.",
    "photo_slow": "Reading this picture took too long. Go closer and photograph only a few lines.",
    "photo_busy": "Other pictures are being read right now. Please try again in a moment.",
    "photo_no_reader": "This server cannot read pictures: it has neither text recognition nor a model that sees "
    "pictures. Please type your text.",
}

"""Legacy encodings: the likeliest one of a text that is not Unicode and does not say what it is.

charset-normalizer decides, except that ordinary Western text is Windows-1252 although other code pages fit it as well.
"""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

_LABELS = {
    "cp1252": "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "mac_roman": "Mac Roman",
    "gb18030": "GB 18030 (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
    "shift_jis": "Shift JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "cp949": "EUC-KR (Korean)",
}
_WESTERN = "cp1252"
_JAPANESE = ("shift_jis", "euc_jp")
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30ff]")
_OTHER_LATIN = frozenset(("cp1250", "cp1254", "cp1257"))
_SAMPLE_BYTES = 256 * 1024
_MOST_ACCENTED = 0.35  # of the letters of a Western text
_LETTER = re.compile(r"[^\W\d_]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# Signs that in Western texts stand beside words and numbers, never inside a word.
_SIGN_IN_A_WORD = re.compile(
    r"[^\W\d_][¡-©«-´¶-¹»-¿×÷¬¯†‡‰€‹›•][^\W\d_]|(?:^|[\s;,])[¡-§©¬¯´¶-¹¼-¾†‡‰‹›]{1,2}[^\W\d_]", re.M
)


def likely_encodings(data: bytes) -> list[str]:
    """Return the encodings to try, the likeliest first; possibly none."""
    sample = data[:_SAMPLE_BYTES]
    if len(data) > _SAMPLE_BYTES:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    kana = [encoding for encoding in _JAPANESE if _is_japanese(sample, encoding)]
    matches = from_bytes(sample, cp_isolation=list(_LABELS))
    best = matches.best()
    found = kana + [match.encoding for match in matches]
    another_latin = best is not None and best.encoding in _OTHER_LATIN and best.language != "Unknown"
    if _is_western(sample):
        return found if another_latin else [_WESTERN, *found]
    return sorted(found, key=lambda encoding: encoding == _WESTERN)  # stable: Windows-1252 last


def encoding_label(encoding: str) -> str:
    """Return the name of an encoding for people, "" for those of Unicode."""
    return _LABELS.get(encoding, "")


def _is_japanese(data: bytes, encoding: str) -> bool:
    """Whether the bytes are Japanese in this encoding: a good part of the text is kana."""
    try:
        signs = _BEYOND_ASCII.findall(data.decode(encoding))
    except UnicodeDecodeError:
        return False
    return len(signs) > 3 and len(_KANA.findall("".join(signs))) > 0.3 * len(signs)


def _is_western(data: bytes) -> bool:
    """Whether the bytes make sense as Windows-1252: few accented letters, and no signs inside words."""
    try:
        text = data.decode(_WESTERN)
    except UnicodeDecodeError:
        return False
    letters = _LETTER.findall(text)
    accented = sum(1 for letter in letters if _BEYOND_ASCII.match(letter))
    return accented <= _MOST_ACCENTED * len(letters) and _SIGN_IN_A_WORD.search(text) is None

"""What an upload is answered with, without a model: read, known already, refused; in English and Chinese."""

from __future__ import annotations

from knowledge.documents import Document
from knowledge.errors import DocumentRefused
from tutor.locales import find_message

_UPLOAD_FINISHED = {
    "en": "{name}: {pages} page{s}, {passages} passage{es}.{replaced} {notes}",
    "zh": "{name}：{pages} 页，{passages} 段。{replaced}{notes}",
}
_UPLOAD_REPLACED = {"en": " It replaces the earlier version.", "zh": "已替换先前的版本。"}
_UPLOAD_DUPLICATE = {
    "en": "{name} is in this course already{under}, byte for byte; nothing was changed.",
    "zh": "{name} 已经在本课程中{under}，内容完全相同，未作任何更改。",
}
_UPLOAD_OTHER_NAME = {"en": " as {other}", "zh": "（名为 {other}）"}
_UPLOAD_INCOMPLETE = {
    "en": "{name} was not received whole; upload it again.",
    "zh": "{name} 没有完整收到，请重新上传。",
}
_UPLOAD_ABANDONED = {
    "en": "The server stopped each time it read {name}, so it was put aside; split it, or save it in another format.",
    "zh": "服务器每次读取 {name} 时都停止了，因此已将其搁置；请拆分文件或另存为其他格式。",
}


def upload_finished(language: str, document: Document, *, replaced: bool) -> str:
    """Return the sentence under a finished upload."""
    spoken = _supported_language(language)
    return (
        _UPLOAD_FINISHED[spoken]
        .format(
            name=document.name,
            pages=document.pages,
            s="" if document.pages == 1 else "s",
            passages=document.passages,
            es="" if document.passages == 1 else "s",
            replaced=_UPLOAD_REPLACED[spoken] if replaced else "",
            notes=" ".join(document.notes),
        )
        .rstrip()
    )


def upload_duplicate(language: str, name: str, other: str) -> str:
    spoken = _supported_language(language)
    return _UPLOAD_DUPLICATE[spoken].format(
        name=name, under="" if other == name else _UPLOAD_OTHER_NAME[spoken].format(other=other)
    )


def upload_refused(language: str, name: str, refusal: DocumentRefused) -> str:
    """Return why a file could not be read in."""
    known = find_message(language, f"error_{type(refusal).__name__}")
    return f"{name}：{known}" if known else str(refusal)


def upload_incomplete(language: str, name: str) -> str:
    return _UPLOAD_INCOMPLETE[_supported_language(language)].format(name=name)


def upload_abandoned(language: str, name: str) -> str:
    return _UPLOAD_ABANDONED[_supported_language(language)].format(name=name)


def _supported_language(language: str) -> str:
    return language if language in _UPLOAD_DUPLICATE else "en"

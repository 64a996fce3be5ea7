"""How an upload ended."""

MESSAGES: dict[str, str] = {
    "course_embedded_again": "embedded again: {passages:passage|passages}.",
    "upload_finished": "{name}: {pages:page|pages}, {passages:passage|passages}.",
    "upload_replaced": "It replaces the earlier version.",
    "upload_duplicate": "{name} is already in this course. Nothing was changed.",
    "upload_duplicate_as": "{name} is already in this course as {other}. Nothing was changed.",
    "upload_refused": "{name}: {reason}",
    "upload_incomplete": "{name} did not arrive completely. Upload it again.",
    "upload_abandoned": (
        "The server stopped each time it read {name}, so it gave up. "
        "Split the file or save it in another format, then upload it again."
    ),
}

"""Messages to somebody who asks for more than their share, or under a wrong address."""

MESSAGES: dict[str, str] = {
    "queue_full": "The tutor has many questions just now. Please try again in a moment.",
    "queue_own_questions": "You already have {count:question|questions} on the way. "
    "Wait for an answer or stop one, then ask again.",
    "queue_own_events": "You already have {count:request|requests} on the way. Please wait a moment.",
    "too_many_open": "The tutor is open in too many windows of yours. Close some, then reload this page.",
    "wrong_host": "This tutor does not answer to the address that you opened. Its own address is:",
}

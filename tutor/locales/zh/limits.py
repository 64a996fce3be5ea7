"""Messages to somebody who asks for more than their share, or under a wrong address."""

MESSAGES: dict[str, str] = {
    "queue_full": "现在提问的人很多，请稍后再试。",
    "queue_own_questions": "你已有 {count} 个问题正在处理。请等待回答或停止其中一个，然后再提问。",
    "queue_own_events": "你已有 {count} 个请求正在处理，请稍候。",
    "too_many_open": "你打开的本导师窗口太多。请关闭一些，然后刷新本页。",
    "wrong_host": "本导师不使用你打开的地址。它的地址是：",
}

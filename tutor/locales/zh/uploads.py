"""How an upload ended."""

MESSAGES: dict[str, str] = {
    "course_embedded_again": "已重新建立语义索引：{passages} 段。",
    "upload_finished": "{name}：{pages} 页，{passages} 段。",
    "upload_replaced": "已替换先前的版本。",
    "upload_duplicate": "{name} 已经在本课程中，内容完全相同，未作任何更改。",
    "upload_duplicate_as": "{name} 已经在本课程中（名为 {other}），内容完全相同，未作任何更改。",
    "upload_refused": "{name}：{reason}",
    "upload_incomplete": "{name} 没有完整收到，请重新上传。",
    "upload_abandoned": "服务器每次读取 {name} 时都停止了，因此不再尝试。请拆分文件或另存为其他格式，然后重新上传。",
}

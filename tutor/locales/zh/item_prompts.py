"""Chinese wording of the questions that are made from a course.

An item's id is a hash of its wording: another wording here makes every course ask its questions twice.
"""

MESSAGES: dict[str, str] = {
    "item_prompt_term": "哪个术语符合这个描述：{body}？",
    "item_prompt_gap": "填空：{body}",
    "item_prompt_truth": "判断对错：“{body}”描述的是“{term}”。",
    "item_prompt_number": "填数：{body}",
    "item_prompt_order": "请把这些步骤按顺序排列。",
    "item_prompt_order_about": "请把这些步骤按顺序排列（{about}）。",
    "item_prompt_meaning": "用自己的话说：“{term}”是什么意思？",
    "item_prompt_equation": "解方程 {equation}. 求 {unknown}。",
}

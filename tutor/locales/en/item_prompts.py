"""English wording of the questions that are made from a course.

An item's id is a hash of its wording: another wording here makes every course ask its questions twice.
"""

MESSAGES: dict[str, str] = {
    "item_prompt_term": "Which term fits this description: {body}?",
    "item_prompt_gap": "Fill the gap: {body}",
    "item_prompt_truth": 'True or false: "{body}" describes the term "{term}".',
    "item_prompt_number": "Which number fits: {body}",
    "item_prompt_order": "Put these steps in order.",
    "item_prompt_order_about": "Put these steps in order ({about}).",
    "item_prompt_meaning": "In your own words: what does “{term}” mean?",
    "item_prompt_equation": "Solve {equation}. What is {unknown}?",
}

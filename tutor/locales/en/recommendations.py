"""Why something is recommended, in one sentence; one message for each kind of recommendation."""

MESSAGES: dict[str, str] = {
    "recommend_confirm": "You got “{skill}” right with help. Try one question on your own.",
    "recommend_review": "You knew “{skill}” a while ago. Check that you still do.",
    "recommend_steady": "That was hard. Repeat “{skill}”, which you know, then go on.",
    "recommend_repair": "You got {rights} of your last {answers} right on “{failing}”, which builds on “{skill}”.",
    "recommend_practise": "You got {rights} of your last {answers} right on “{skill}”. Keep going.",
    "recommend_new": "“{skill}” is new. You are ready to start it.",
    "recommend_stop": "That is enough for today. You remember more after a break.",
    # the same in a few words, after the name of the skill
    "why_next_confirm": "right with help; now on your own",
    "why_next_review": "not practised for a while",
    "why_next_steady": "you know it; for a success in between",
    "why_next_repair": "“{failing}” builds on it",
    "why_next_practise": "{rights} of your last {answers} right",
    "why_next_new": "new",
    "why_next_stop": "",
}

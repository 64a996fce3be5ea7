"""Why something is recommended, in one sentence; one message for each kind of recommendation."""

MESSAGES: dict[str, str] = {
    "recommend_confirm": "You got “{skill}” right with help. Try one question on your own.",
    "recommend_review": "You knew “{skill}” a while ago. Check that you still do.",
    "recommend_steady": "That was hard. Repeat “{skill}”, which you know, then go on.",
    "recommend_repair": "You got {rights} of your last {answers} right on “{failing}”, which builds on “{skill}”.",
    "recommend_practise": "You got {rights} of your last {answers} right on “{skill}”. Keep going.",
    "recommend_new": "“{skill}” is new. You are ready to start it.",
    "recommend_stop": "That is enough for today. You remember more after a break.",
}

"""English messages to the tutor: greetings, requests, pleas for help, reasons, results."""

# Words that make a request; what is left of "give me an example of osmosis, please" is its topic.
REQUEST_WORDS = (
    r"\b(?:please|can you|could you|give|show|me|us|an?|another|one more|examples?|of|for|on|about|the|quiz|test|ask|"
    r"summari[sz]e|summary|sum up|recap|easier|simpler|harder|more|explain|it|this|that|question|"
    r"practice|make|too|hard|in|was|is)\b"
)
REQUEST_COMMAS = ","  # marks that are dropped with the request words
# Words that only ask for help; a message of nothing else has no topic.
HELP_WORDS = (
    r"\b(?:i|don'?t|do not|know|understand|get it|am|stuck|lost|give|tell|show|me|a|another|hint|help|just|please"
    r"|need|the|answer|solution|no|idea|clue)\b"
)
HEDGED_PREFIX = (
    r"^\W*(?:is it|is the answer|would it be|could it be|maybe|i think(?: it is| it's)?|it is|it's|so)\b"
    r"|\?+\s*$"
)
REASON_WORDS = r"\b(?:because|since|first|then|so that|therefore|subtract|add|divid|multipl)"
RESULT_VERBS = r"\b(?:is|get|got|gives|makes|equals)"  # before the value that a line of working ends in
RESULT_ENDS = ".!"  # marks that may follow that value
ALTERNATIVES = r"\bor\b|\beither\b|\bmaybe\b|\?"

# Names of languages by code, and the words around one that only ask for it: "please answer in Chinese:".
LANGUAGE_NAMES = {"en": r"\benglish\b", "zh": r"\b(?:simplified |traditional )?(?:chinese|mandarin)\b"}
LANGUAGE_REQUEST_WORDS = """
    answer answers reply respond speak write talk continue switch change use using in into to please can could you
    would from now on always only i'd like i want prefer me my the back go let's with again instead
"""

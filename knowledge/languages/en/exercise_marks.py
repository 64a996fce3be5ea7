"""English books: the words that open an exercise and its solution, and what is said before the letter of an answer."""

EXERCISE_MARK = r"(?:exercise|problem|question|example|try it|review question|practice problem)"
SOLUTION_MARK = r"(?:solution|answer|worked solution|sample answer|suggested answer|ans)"
KEY_PREFIX = r"(?:the )?(?:correct |right )?(?:answer|option|choice)(?: is)?:?"
# a question that cannot be answered without what stands around it
POINTS_ELSEWHERE = (
    r"\b(?:(?:figure|table|graph|diagram|chart|video|animation|link|website|interactive|map|image|picture|data)\b.{0,40}"
    r"\b(?:above|below|shows?|shown|provided)|(?:this|the) (?:figure|table|graph|diagram|chart|video|animation|website"
    r"|image|picture|histogram|study|example)|previous (?:question|exercise|problem)|preceding|use the following"
    r"|(?:the )?following (?:information|table|data|study|graph|figure|scenario)|exercise \d|problem \d|example \d"
    r"|\bX\b|that upcoming|the researchers?\b|answers (?:will|may) vary|these data|survey above"
    r"|your (?:class|classroom|group|own data)|researcher [A-Z]\b)"
)
# a line whose information several exercises share
SHARED_CONTEXT = r"use the (?:following|information)|to answer the (?:next|following)"
# a prompt that asks or tells to do something
ASKS = (
    r"\?|^(?:explain|describe|compare|contrast|define|discuss|list|name|state|give|identify|summari[sz]e|outline|why)\b"
)

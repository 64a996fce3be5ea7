"""English cues in a sentence that a question was made from: what it is about, by the words that it uses.

Each is counted as a feature of the fitted judge of questions; none decides alone.
"""

CUES = {
    "person": r"\b(?:you|your|yours|yourself|we|our|ours|us|me|my|let's)\b|\bI\b",
    "pronoun": r"\b(?:it|its|they|their|them|he|she|his|her|him|this|these|those|such|former|latter)\b",
    "reader": (
        r"\b(?:chapters?|sections?|module|lesson|textbook|learn(?:ed|ing)? about|discuss(?:ed)?|earlier|previous(?:ly)?"
        r"|recall|remember|note that|consider|imagine|suppose|assume|let)\b"
    ),
    "example": r"\b(?:for example|for instance|e\.g\.|such as|an? examples?|examples? of|like)\b",
    "figure": (
        r"\b(?:figures?|shown|shows|tables?|graphs?|diagrams?|charts?|above|below|following|pictures?|links?"
        r"|illustrations?|images?|photos?|photographs?|micrographs?|arrows?|labell?ed|left|right|watch|view"
        r"|website|site|animation|video)\b"
    ),
    "sequence": r"\b(?:first|second|then|next|after that|finally|last|before|until|once)\b",
    "called": r"\b(?:called|known as|termed|referred to as)\b",
    "story": (
        r"\b(?:[A-Z][a-z]+ (?:wants?|buys?|bought|has|had|lives?|works?|plays?|takes?|earns?|drives?|says"
        r"|said)|his|her|she|he)\b"
    ),
    "condition": r"^(?:since|if|when|while|although|because|as)\b",
    "refers_back": (
        r"\b(?:as (?:we|mentioned|described|discussed|noted|you)|the (?:previous|last|next) (?:section|chapter"
        r"|example)|described above|on the other hand|in contrast|in addition|for comparison)\b"
    ),
    "people": (
        r"\b(?:students?|teachers?|class|college|school|compan(?:y|ies)|store|friends?|years? old|year-old|man|woman"
        r"|men|women|boys?|girls?|players?|team|survey(?:ed)?|customers?|employees?|participants?|researchers?)\b"
    ),
    "citation": r"\([^()]*\b(?:1[89]|20)\d\d\w?[^()]*\)|\bet al\b|\baccording to\b|\bpublished\b",
    "year": r"\b(?:1[5-9]|20)\d\d\b",
    "money": r"[$€£]\s?\d|\bdollars?\b|\bcents?\b",
    "hedge": (
        r"\b(?:may|might|could|often|sometimes|usually|generally|typically|likely|perhaps|about"
        r"|approximately)\b"
    ),
    "vague": r"\b(?:some|many|several|various|certain|other|others|different|things?|ways?|one)\b",
    "past": r"\b(?:was|were|had|did|been)\b",
    "essence": (
        r"\b(?:is|are) (?:an?|the|called|known|defined|responsible|composed|made|used)\b|\b(?:refers? to|means"
        r"|consists? of)\b"
    ),
    "cause": (
        r"\b(?:because|therefore|causes?|so that|results? in|leads? to|produces?|requires?|prevents?"
        r"|increases?|decreases?)\b"
    ),
    "evaluation": (
        r"\b(?:good|great|best|better|important|critical|crucial|key|main|major|remarkabl[ey]|complex|complicated|common"
        r"|popular|useful|powerful|interesting|simplest|easiest|easy|large|small|special|particular|rather|relatively|very"
        r"|extremely|quite|fairly|necessary|essential|famous)\b"
    ),
    "relative": (
        r"\b(?:that|which|who|whose|in which|by which|where|when|used (?:to|for|in)|consisting of|composed of"
        r"|made (?:up )?of)\b"
    ),
    "finite": r"\b(?:is|are|was|were|has|have|had|can|cannot|will|would|may|does|do)\b",
    "subject": (
        r"^(?:the|an?|there|you|it|in|they|we|if|this|these|she|he|some|many|most|both|each|[A-Z]\w* (?:is|are"
        r"|has))\b"
    ),
}

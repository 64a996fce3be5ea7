"""English personal data: the words before it and its written forms. The cues are patterns that match no characters."""

DATE = r"\d{1,2}\.? \w+ \d{4}|\w+ \d{1,2}, \d{4}"
BIRTHDAY_CUE = r"(?<=born on )|(?<=born )|(?<=birthday is )|(?<=date of birth: )"
STUDENT_NUMBER_CUE = r"(?<=student number )|(?<=student id )"
IS = "is"  # between a cue and a number
SECRET_CUE = r"(?<=code is )|(?<=code: )|(?<=password is )|(?<=password: )|(?<=pin is )|(?<=pin: )"
# A name, capitalised, behind the words that introduce it.
INTRODUCED_NAME = r"(?:(?<=my name is )|(?<=My name is )|(?<=I am called ))[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2}"

COLONS = ":"
SECRET_ENDS = ".,;!?"  # characters that end a code or password in a sentence
LINK_ENDS = ")"  # characters that end a link in a sentence
PHONE_CUE = r"\b(?:call|phone|mobile|cell|tel|telephone|ring|reach|text|fax|whatsapp|number is|number:)\b"
# Directly before a number: it is a version, a book's number, or a code of the subject.
TECHNICAL_CUE = (
    r"\b(?:version|release|v|firmware|build|isbn|issn|rfc|chapter|section|clause)"
    r"|\b(?:part|product|colou?r|key|exit|status|error|answer|return|zip|postal|area|country|character|machine|byte"
    r"|course|airport|currency|hex|ascii|morse|genetic|default|example|sample|initial|test)"
    r" (?:code|password|pin)(?: is|:)"
)

_NAME = r"(?P<found>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2})"
_CLOSE_PEOPLE = (
    "friend|classmate|roommate|flatmate|brother|sister|mother|father|mum|mom|dad|son|daughter|cousin|aunt|uncle|wife"
    "|husband|partner|boyfriend|girlfriend|neighbou?r|teacher|tutor|boss|colleague|coach|doctor|dentist|grandmother"
    "|grandfather|nephew|niece|study partner|lab partner"
)
NAMES = (
    rf"\b[Mm]y (?:(?:best|old|little|older|younger|big) )?(?:{_CLOSE_PEOPLE})(?:,|'s name is| is called| is named"
    rf"| named| called)? {_NAME}",
    rf"\b(?:Mr|Mrs|Ms|Miss)\.? {_NAME}",
    rf"\b(?:[Rr]egards|[Bb]est wishes|Yours|Yours sincerely|Cheers),\s+{_NAME}",
    rf"\bDear {_NAME}(?=,)",
    rf"\b(?:room|desk|flat|bench) with {_NAME}",
    r"\b(?P<found>[A-Z][\w'’-]+) and I\b",
    r"\bI(?:'m| am) (?P<found>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}) from\b",
)
HOME = (
    r"\b(?:[Ll]ives? at|[Aa]ddress is|[Hh]ome is at) (?P<found>\d{1,5}[A-Za-z]? (?:[A-Z][\w'’-]+ ){0,3}[A-Z][\w'’-]+)"
)

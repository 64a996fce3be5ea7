"""English personal data: the words before it and its written forms. The cues are patterns that match no characters."""

DATE = r"\d{1,2}\.? \w+ \d{4}|\w+ \d{1,2}, \d{4}"
BIRTHDAY_CUE = r"(?<=born on )|(?<=born )|(?<=birthday is )|(?<=date of birth: )"
STUDENT_NUMBER_CUE = r"(?<=student number )|(?<=student id )"
SECRET_CUE = r"(?<=code is )|(?<=code: )|(?<=password is )|(?<=password: )|(?<=pin is )|(?<=pin: )"
# A name, capitalised, behind the words that introduce it.
INTRODUCED_NAME = r"(?:(?<=my name is )|(?<=My name is )|(?<=I am called ))[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2}"

COLONS = ":"
SECRET_ENDS = ".,;!?"  # characters that end a code or password in a sentence
LINK_ENDS = ")"  # characters that end a link in a sentence

"""English personal data: the words before it and its written forms. The cues are patterns that match no characters."""

DATE = r"\d{1,2}\.? \w+ \d{4}|\w+ \d{1,2}, \d{4}"
BIRTHDAY_CUE = (
    r"(?<=born on )|(?<=born )|(?<=birthday is )|(?<=birthday is on )|(?<=birthday: )|(?<=birthday was )|(?<=birthday )"
    r"|(?<=birthday on )|(?<=date of birth: )|(?<=date of birth is )|(?<=date of birth was )|(?<=date of birth )"
    r"|(?<=birthdate is )|(?<=birthdate: )|(?<=birth date is )|(?<=birth date: )"
    r"|(?<=\bdob: )|(?<=\bdob is )|(?<=\bdob )|(?<=turned 1\d on )|(?<=turn 1\d on )"
)
STUDENT_NUMBER_CUE = (
    r"(?<=student number )|(?<=student number: )|(?<=student id )|(?<=student id: )|(?<=matriculation number )"
    r"|(?<=enrolment number )|(?<=enrollment number )|(?<=my id number )|(?<=my id )"
    r"|(?<=\bid no )|(?<=\bid no\. )|(?<=student no )|(?<=student no\. )"
    r"|(?<=roll number )|(?<=candidate number )|(?<=registration number )|(?<=matric number )"
)
IS = "is"  # between a cue and a number
SECRET_CUE = (
    r"(?<=code is )|(?<=code: )|(?<=password is )|(?<=password: )|(?<=pin is )|(?<=pin: )|(?<=\bpwd: )"
    r"|(?<=password's )|(?<=password was )|(?<=password = )|(?<=passcode is )|(?<=passphrase is )|(?<=api key is )"
    r"|(?<=door code of our flat is )|(?<=\bcvv is )|(?<=\bcvc is )|(?<=\bmy token is )"
)
# Behind these stands a name of one or two letters, which is looked for nowhere else.
NAME_CUES = r"\b(?:I am|I['’]m|[Mm]y name is|[Mm]y name['’]s|[Cc]all me|[Ii]t['’]s me,?)\s"
# A name, capitalised, behind the words that introduce it.
INTRODUCED_NAME = (
    r"(?:(?<=my name is )|(?<=My name is )|(?<=[Mm]y name['’]s )|(?<=I am called )|(?<=I'm called )|(?<=[Cc]all me )"
    r"|(?<=[Mm]y full name is )|(?<=[Mm]y first name is )|(?<=[Mm]y surname is )"
    r"|(?<=[Mm]y last name is )|(?<=[Mm]y nickname is )"
    r"|(?<=\b[Hh]is name is )|(?<=\b[Hh]er name is ))"
    r"[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2}"
    r"|(?:(?<=\bmy name is )|(?<=\bMy name is )|(?<=\bmy name['’]s ))"
    r"(?!(?:not|on|in|the|an?|too|very|spell?ed|spelt|hard|also|there|written|missing|wrong|of"
    r"|pronounced|only|first|last)\b)"
    r"[a-z][a-z'-]{1,20}(?=[,.!]|\s*$| and i\b| and I\b)"
)

COLONS = ":"
SECRET_ENDS = ".,;!?"  # characters that end a code or password in a sentence
CITES_LINK = (
    r"retrieved from:?|available (?:online )?(?:at|from):?|online at:?|\baccessed (?:at|from)|\bsource:|\bsee also"
)
LINK_ENDS = ")"  # characters that end a link in a sentence
PHONE_CUE = (
    r"\b(?:call|phone|mobile|cell|tel|telephone|ring|reach|text|fax|whatsapp|landline|contact|sms|number's|number is)\b"
    r"|\bnumber:"
)
# Directly before a number: it is a version, a book's number, or a code of the subject.
TECHNICAL_CUE = (
    r"\b(?:version|release|v|(?:up|down)grade[ds]? (?:from|to)|update[ds]? (?:from|to)|firmware|build|bar ?code|ean|upc"
    r"|serial(?: number)?|isbn|issn|rfc|chapter|section|clause)"
    r"|\b(?:part|product|colou?r|key|exit|status|error|answer|return|zip|postal|area|country|character|machine|byte"
    r"|course|airport|currency|hex|ascii|morse|genetic|default|example|sample|initial|test)"
    r" (?:code|password|pin)(?: is|:)"
)

# Capitalised words that are no names of people: who is asked, days, peoples, subjects, programs.
_NO_NAME = (
    r"(?!(?:Yesterday|Today|Tomorrow|Then|Later|Once|Last|Every|After|Before|If|While|Because|As|In|On|At"
    r"|I|It|He|She|We|You|They|This|That|The|An?|What|Why|How|When|Where|Who|Which|And|But|So|Yes|No|Not|Everyone"
    r"|Everybody|Somebody|Someone|Nobody|All|There|World|Sir|Madam|Tutor|Teacher|Professor|Doctor|Mum|Mom|Dad|God|Class"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|English|British|French|German|Spanish|Italian|Chinese|Japanese|Korean|Indian|Russian|American"
    r"|Canadian|Australian|Dutch|Polish|Turkish|Greek|Irish|Arab|African|Asian|European|Muslim|Christian|Jewish|Hindu"
    r"|Google|Siri|Alexa|Cortana|Wikipedia|YouTube|ChatGPT|Claude|Gemini|Copilot|Python|Java|Excel|Word|Moodle|Windows"
    r"|Khan|Duolingo|Wolfram|MATLAB|Matlab|Stata|SPSS|Linux|Chrome|Firefox|Git|GitHub|Jupyter|Pandas|Desmos|GeoGebra"
    r"|Zoom|Teams|Netflix|Photoshop|Questions?|Nature|Fate|Life|Maths?|Physics|Biology|Chemistry|History|Geography"
    r"|Earth|Mars|Venus|Jupiter|Saturn|Mercury|Neptune|Uranus|Moon|Sun|Newton|Darwin|Einstein|Hooke|Mendel|Euler|Gauss"
    r"|Kepler|Galileo|Lego|Tableau|Lost|Very|Sorry|Just|Really|Also|Still|Deaf|Blind|Buddhist|Catholic|Captain|Level"
    r"|Maybe|Figure|Table|Chapter|Part|Hyde|Jekyll|Darcy|Holmes|Watson)\b)"
)
_NAME = rf"(?P<found>{_NO_NAME}[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){{0,2}})"
_ONE_NAME = rf"(?P<found>{_NO_NAME}[A-Z][a-z][\w-]*(?: [A-Z][a-z][\w-]+)?)"
_CLOSE_PEOPLE = (
    "friend|classmate|roommate|flatmate|brother|sister|mother|father|mum|mom|dad|son|daughter|cousin|aunt|uncle|wife"
    "|husband|partner|boyfriend|girlfriend|neighbou?r|teacher|tutor|boss|colleague|coach|doctor|dentist|grandmother"
    "|grandfather|nephew|niece|study partner|lab partner|professor|lecturer|instructor|supervisor|landlord|grandma"
    "|grandson|granddaughter|girlfriend|bestie|roomie|teammate|desk ?mate|group mate|fiancée?"
    "|sister-in-law|brother-in-law"
    "|grandpa|stepbrother|stepsister|stepfather|stepmother|twin|mate|buddy|pal|housemate|co-worker|manager|therapist"
    "|advis[eo]r|teaching assistant|TA|headteacher|headmaster|principal|counsellor|counselor|carer|nanny|babysitter"
    "|granny|nan|auntie|godfather|godmother|fiance|ex|crush|lab mate|course ?mate|bench mate|chemist|nurse|mentor"
)
_TITLE = "(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madame|Coach|Father|Sister)"
_DID_TO_ME = (
    "told|asked|called|visited|met|knows|gave|owes|hit|texted|emailed|e-mailed|phoned|messaged|invited|helped"
    "|showed|lent|sent|warned|reminded|drove|bullied"
    "|beat|taught|explained (?:it|this|that) to"
)
_AT_SCHOOL = "marked|graded|failed|returned|corrected|assigned|set|handed out|wants|skipped|crossed out|let"
_DID_AT_SCHOOL = (
    f"{_AT_SCHOOL}|said|told|gave|asked|prescribed|saw|thinks|showed|sent|emailed|taught|teaches|says|thought|called"
    "|reads"
)
_DO_TOGETHER = (
    "worked|work|did|do|made|revised?|practised?|practiced?|shared?|checked|compared|solved|sat|sit|went|go|play|played"
    "|learn|learned|learnt|prepared?|swapped|wrote|fought|live|lived|dance|train"
)
_SPEAK_TO = "asked|told|texted|phoned|emailed|e-mailed|messaged|invited|sat next to|sit next to|live with|study with"
_CLOSING = (
    "[Rr]egards|[Bb]est wishes|Yours|[Ss]incerely|Yours truly|Yours faithfully|All the best|Best|Cheers|Love|Hugs"
    "|Signed|See you(?: soon| then| later)?|Take care|Bye|Best of luck|Yours ever|Greetings|Warmly|Respectfully"
)
_RELATIVES = "friends|classmates|brothers|sisters|parents|cousins|roommates|sons|daughters|kids|children|teammates"
NAMES = (
    rf"\b(?:[Mm]y|[Oo]ur) (?:[A-Za-z-]{{2,15}} ){{0,2}}?(?:great-|half-|step-|ex-)?(?:{_CLOSE_PEOPLE})(?:-in-law)?"
    r"(?:,|['’]s name is"
    rf"| is called| is named| named| called| is)? (?:{_TITLE}\.? )?{_NAME}",
    rf"\b(?:[Mm]y|[Oo]ur) (?:{_RELATIVES}),? {_NAME}",
    rf"\b(?:[Mm]y|[Oo]ur) (?:{_RELATIVES}),? (?:[A-Z]\w+|\[name\]) and {_NAME}",
    rf"\b(?:[Cc]lassmate|[Rr]oommate|[Tt]eammate|[Ll]ab partner) {_NAME}",
    rf"\b{_ONE_NAME}(?: is|,) (?:my|our) (?:{_CLOSE_PEOPLE})\b",
    rf"\b{_ONE_NAME} (?:says|said|thinks|thought|claims|claimed|believes) (?:that )?(?:I|my|our)\b",
    rf"\bI (?:copied|borrowed) [^.!?\n]{{0,30}}?from {_ONE_NAME}",
    rf"\bI (?:studied|argued|talked|spoke|chatted|walked|paired|partnered|teamed) (?:up )?with {_ONE_NAME}",
    rf"\b{_ONE_NAME}['’]s (?:phone|laptop|homework|email|desk|bike|backpack)\b",
    rf"\b{_ONE_NAME} (?:from|in) (?:my|our) (?:[a-z]+ )?"
    r"(?:class|group|course|school|team|year|lab|seminar|dorm|street|village)\b",
    rf"\b{_ONE_NAME} (?:sits|sat|lives|stands) (?:next to|beside|behind|near|in front of|with) (?:me|us)\b",
    rf"\bI, {_ONE_NAME},",
    rf"\b(?:said|asked|shouted|wrote|whispered|replied|according to) {_ONE_NAME} (?:to|from) (?:me|us|my|our)\b",
    rf"\b(?:next to|beside|behind|opposite) me, {_ONE_NAME},",
    rf"^[Gg]reetings from {_ONE_NAME}(?=[.!]?\s*$)",
    rf"\b(?:[Cc]alls?|[Cc]alled|[Cc]alling|[Nn]icknamed|[Nn]amed) me {_ONE_NAME}",
    rf"\b(?:I go by|I['’]m known as|I am known as|[Mm]y friends call me) {_ONE_NAME}",
    rf"\b[Mm]y (?:real|middle|given|family|maiden|Chinese|English|actual|proper) name is {_NAME}",
    rf"\b{_ONE_NAME}['’]s (?:mum|mom|mother|dad|father|sister|brother|parents|locker)\b"
    r"(?=[^.!?\n]{0,40}\b(?:me|my|us|our|we|I)\b)",
    rf"(?:^|\b(?:[Hh]i|[Hh]ello|[Hh]ey)(?: all| everyone| everybody| there)?[,!.]? ){_ONE_NAME} here\b",
    rf"(?:^|[Hh]i[,!]? |[Hh]ello[,!]? |[Hh]ey[,!]? )[Ii]t['’]s {_ONE_NAME}(?=,? (?:again|here|from)\b)",
    rf"\b{_ONE_NAME} and (?:her|his|their) (?:friends?|sisters?|brothers?|parents|cousins?|group)\b"
    r"(?= [^.!?\n]{0,30}\b(?:me|my|us|our)\b)",
    rf"\b(?:I|[Ww]e) (?:{_DO_TOGETHER})\b[^.!?\n]{{0,25}}? with {_ONE_NAME}"
    r"(?!['’]s (?:laws?|theor|rule|method|model|equation))",
    rf"\b{_ONE_NAME} from (?:\d{{1,2}}[A-Za-z]\b|[Yy]ear \d|[Gg]rade \d|the other (?:class|group|team|course)"
    r"|next door)",
    rf"\b(?:[Aa]|[Tt]he|[Oo]ne) (?:girl|boy|guy|student|kid|friend|classmate) (?:in|from|of) (?:my|our) [a-z]+,"
    rf" {_ONE_NAME}",
    rf"\b(?:[Gg]ive|[Hh]and|[Rr]eturn|[Ll]end|[Pp]ass) (?:it|this|that|them|[Tt]he \w+|my \w+)(?: back| on)?"
    rf" to {_ONE_NAME}",
    r"(?:^|[.;] )(?:Contact|Parent|Guardian|Signed|Submitted by|Full name|Emergency contact|My name):"
    rf" ?{_NAME}",
    rf"(?:^|[.;] )(?:Name|Student|From|To): ?(?P<found>{_NO_NAME}[A-Z][a-z'’-]+ [A-Z][a-z'’-]+)(?=[,.;]|\s*$)",
    rf"\b[Aa]sk {_ONE_NAME} (?:for|if|whether|to)\b",
    rf"\bI met {_ONE_NAME} (?:yesterday|today|last|at|on)\b",
    rf"\b(?:submitted|handed in) by {_ONE_NAME}",
    rf"(?<!graduate )(?<!doctoral )\bstudent (?P<found>{_NO_NAME}[A-Z][a-z]+ [A-Z][a-z]+)",
    rf"\b(?:Dr|Prof|Professor)\.? {_NAME}(?= (?:{_DID_AT_SCHOOL}) (?:that )?(?:me|my|I|us|our)\b)",
    rf"\b(?:Dr|Prof|Professor)\.? {_NAME}(?= (?:{_AT_SCHOOL}) (?:this|that|it|the|everyone|everybody|us|no)\b)",
    rf"\b(?:[Aa]sk|[Ee]mail|[Tt]ell|[Ss]ee) (?:Dr|Prof|Professor)\.? {_NAME}"
    r"(?= (?:for|about|if|whether|that|on|to)\b|[.!?])",
    rf"\b(?:Mr|Mrs|Ms|Miss)\.? {_NAME}",
    rf"\b(?:Uncle|Aunt|Auntie|Coach|Grandma|Grandpa) (?!Sam\b|Tom\b){_NAME}",
    rf"\b(?:{_CLOSING}),\s+{_NAME}",
    rf"\b(?:[Tt]hanks|[Tt]hank you)(?: [^.!?\n,]{{1,40}})?,\s+{_NAME}(?=[.!]?\s*$)",
    rf"\b(?:Dear|Hi|Hello|Hey) {_NAME}(?=,)",
    rf"\b(?:room|desk|flat|bench) with {_NAME}",
    rf"\b{_ONE_NAME}(?=(?:, [A-Z][a-z]+){{1,4}},? and (?:I|me)\b| and (?:I|me)\b)",
    rf"\b[Mm]e and {_ONE_NAME}",
    rf"\bI(?:['’]m| am) (?P<found>{_NO_NAME}[A-Z][a-z'’-]+ [A-Z][a-z][\w'’-]*)\b",
    rf"\bI(?:['’]m| am) {_ONE_NAME}"
    r"(?=, (?:an?|the|your|first|second|third|fourth|last|in|at|aged?|\d|studying|new|here)\b)",
    rf"\bI(?:['’]m| am) {_NAME}(?=,? from\b|[.!]?\s*$|,? and I (?:am|need|have|want|study|live|go)\b)",
    rf"\b[Tt]h(?:is|e name) is {_ONE_NAME}(?= speaking\b|, by the way)",
    rf"(?:^|\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Mm]orning|[Aa]fternoon|[Ee]vening)(?: all| everyone| everybody| there)?[,!.]? )"
    rf"[Tt]his is {_ONE_NAME}"
    r"(?= again\b| from\b| here\b| in\b|,|[.!]?\s*$)",
    rf"\b[Ii]t(?:['’]s| is| was) {_ONE_NAME} who [^.!?\n]{{1,40}}?\b(?:me|my|us|our)\b",
    rf"\b{_ONE_NAME} (?:{_DID_TO_ME}) me\b",
    rf"\b(?:I|[Ww]e) (?:{_SPEAK_TO}) {_ONE_NAME}",
    rf"\b(?:I|[Ww]e) [^.!?\n]{{0,30}}?\b(?:from|with) {_ONE_NAME}(?=, (?:is|was|who)\b| (?:yesterday|today|last)\b)",
    rf"\b(?:at|to) {_ONE_NAME}['’]s (?:house|place|flat|home|party|room)\b",
    rf"\b(?:[Aa]|[Tt]he) (?:girl|boy|guy|student|classmate|friend|kid) (?:called|named) {_NAME}",
    rf"\b[Tt]ell {_ONE_NAME} (?:that )?I\b",
    rf"\b[Ss]ent by {_ONE_NAME} from my\b",
)
_STREET = (
    "Street|St|Road|Rd|Lane|Avenue|Ave|Drive|Close|Court|Square|Terrace|Crescent|Boulevard|Row|Hill|Gardens|Grove|Mews"
    "|Parade|Walk|Wharf|Circle|Parkway"
)
_STREET_FIRST = "[Rr]ue|[Vv]ia|Calle|Avenida|Rua|Avenue|Boulevard|Place|Chemin|Piazza|Viale|Plaza"
HOME = (
    r"\b(?!10 Downing|221[Bb]? Baker|1600 Penns)"
    rf"(?P<found>\d{{1,5}}[A-Za-z]? (?:[A-Z][a-z'’-]+ ){{1,3}}(?:{_STREET}))\b",
    rf"\b(?P<found>\d{{1,5}}[A-Za-z]?,? (?:{_STREET_FIRST})"
    r" (?:(?:de|des|du|la|le|les|della?|los|las|dos|da|do) ){0,2}[A-Z][\w'’-]+)",
    r"\b(?:[Ll]ive|[Aa]ddress|[Hh]ome)\b[^.!?\n]{0,20}? (?P<found>[A-ZÄÖÜ][\w-]{0,30}"
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|laan|straat|gatan|vej) \d{1,4}[a-z]?)\b",
    r"\b(?:[Ll]ive|[Aa]m|[Hh]ouse is) (?:at|near) (?P<found>-?\d{1,3}\.\d{3,8}, ?-?\d{1,3}\.\d{3,8})",
    r"\b(?:[Ll]ives?|[Mm]oved|[Hh]ome is|[Ss]tay(?:ing)?|[Aa]ddress is) (?:(?:at|in|on|to) )?"
    rf"(?P<found>(?:[A-Z][\w'’-]+,? ){{1,4}}(?:{_STREET}))\b",
    r"\b(?:[Ll]ives? (?:at|in)|[Aa]ddress(?: is|:)|[Hh]ome is at|[Ss]taying at|[Mm]oved to|(?:[Pp]ost|[Ss]end) it to)"
    r" (?P<found>(?:Flat|Apartment|Apt\.?|Unit|Room|House) \d{1,4}[A-Za-z]?\b)",
    r"\b(?:[Ll]ives? at|[Aa]ddress(?: is|:)|[Hh]ome is at|[Ss]taying at|[Mm]oved to|(?:[Pp]ost|[Ss]end) it to)"
    r" (?P<found>\d{1,5}[A-Za-z]? (?:[A-Z][\w'’-]+ ){0,3}[A-Z][\w'’-]+)",
    r"\b[Mm]y (?:postcode|postal code|zip code|zip)(?: is|:) (?P<found>[A-Z\d]{2,5}(?: ?[A-Z\d]{3})?)\b",
)
# Names of accounts and numbers of papers, behind the words that say whose they are.
ACCOUNTS = (
    r"\b[Mm]y (?:user ?name|handle|login|(?i:instagram|insta|tiktok|snapchat|twitter|discord|telegram|skype|steam))"
    r"(?: is|:) (?P<found>@?\w(?:[\w.#-]{0,40}\w)?)",
    r"(?:^|[.;] )(?:Snap|Insta|IG|Discord|Telegram|TikTok|Skype|Steam): ?(?P<found>@?\w(?:[\w.#-]{0,40}\w)?)",
    r"\bon (?:Telegram|Instagram|TikTok|Twitter|Discord|Snapchat|Skype) (?:as|under)"
    r" (?P<found>@?\w(?:[\w.#-]{0,40}\w)?)",
    r"\b(?:[Ff]ollow|[Aa]dd|[Mm]essage|DM) me:? (?:on \w+ |at )?(?P<found>@\w(?:[\w.]{0,40}\w)?)",
)
PAPERS = (
    r"\b[Aa]ccount (?:number|no\.?)(?: is|:)? (?P<found>\d{6,12})\b",
    r"\b[Ss]ort code(?: is|:)? (?P<found>\d\d[- ]\d\d[- ]\d\d)\b",
    r"\b[Mm]y (?:passport|driving licence|driver's license|identity card|health|insurance|NHS|bank account|account)"
    r"(?: number)?(?: is|:)? (?P<found>[A-Z]{0,3} ?\d[\d -]{4,18}[\dA-Z])\b",
    r"\b(?:[Mm]y|[Oo]ur) (?:licen[cs]e|number|registration) plate(?: is|:) (?P<found>[A-Z\d][A-Z\d -]{2,10}[A-Z\d])\b",
)
SPELLED_EMAIL = (
    r"\b(?P<found>[a-z][\w-]{0,30}(?: dot [\w-]{1,30}){0,3} (?:at|\[at\]|\(at\)) [\w-]{1,30}"
    r"(?: (?:dot|\[dot\]|\(dot\)) [\w-]{1,30}){1,3})\b"
)
BIRTHDAYS = (
    r"\b(?:[Bb]orn on|[Bb]irthday is(?: on)?) the "
    r"(?P<found>\d{1,2}(?:st|nd|rd|th)(?: of)? [A-Z]\w+(?: \d{4})?)",
    r"\b(?:I was born on|[Bb]irthday(?: is|['’]s)(?: on)?) "
    r"(?P<found>\d{1,2}(?:st|nd|rd|th)?(?: of)? [A-Z]\w+(?: \d{4})?)",
    r"\b(?P<found>\d{1,2}(?:st|nd|rd|th)?(?: of)? [A-Z]\w+(?: \d{4})?) is (?:my|his|her) birthday\b",
    r"\b[Bb]irth ?date(?: is|:) (?P<found>\d{1,4}[-/. ]\w{1,9}[-/. ]\d{1,4})",
)
PHONES = r"(?<![\w.])(?P<found>\+?\d[\d ()-]{7,16}\d) is (?:my|his|her|our) (?:phone|mobile|cell|number|tel)\b"
SECRETS = (
    r"\b(?:[Pp]assword|[Pp]asscode|PIN|pin) (?:for|to|of|on) (?:my|our|the|his|her) [\w ]{2,30}? (?:is|was)"
    r" (?P<found>[^\s,;]*\d[^\s,;]*[^\s,;.!?])",
    r"\b[Mm]y (?:password|passcode|PIN|pin)(?: is|:) [\"“'](?P<found>[^\"”'\s]{3,40})[\"”']",
    r"(?<![\w-])(?P<found>sk-[\w-]{16,80}|gh[pousr]_\w{20,80}|AKIA[A-Z\d]{16})(?![\w-])",
)
LINKS = (
    r"\b[Mm]y (?:[\w-]+ ){1,3}(?:is |are )?(?:at |on |here:? )?(?P<found>https?://[^\s<>\"')]{3,300}[^\s<>\"').,;!?])"
)
DEVICES = (
    r"\b[Mm]y (?:[\w'’]+ ){0,2}(?:MAC|mac)(?: address)?(?: is|:) (?P<found>[\dA-Fa-f]{2}(?:[:-][\dA-Fa-f]{2}){5})\b"
)

"""English headings: what marks one, and which ones name nothing that a section teaches."""

# Plain text: a line that is a heading by its words.
CHAPTER_LINE = r"(?:chapter|unit|part|section|lesson|lecture|appendix)\s+[\dIVXLC]+\b.{0,100}"
# PDF: the word before the number of a heading.
NUMBERED_PART = "chapter|unit|appendix"
# PDF: words of running headers and footers next to the page number.
PAGE_NUMBER_WORDS = "page|of"
# Word: names of paragraph styles.
HEADING_STYLE = "heading"
LIST_STYLE = "list"

OPENING_BRACKETS, CLOSING_BRACKETS = "(", ")"  # around an aside

NUMBERING = (
    r"(?:chapter|section|unit|lecture|lesson|module|part|week|appendix)\s+(?:\d+|[ivxlc]+)\b[.:]?\s*"
    r"|\d+(?:\.\d+)*[.)]?\s+"
)
FILLER = (
    r"^(?:(?:an? )?introduction to|introducing|understanding|using(?!.* to )|working with|more (?:on|about)"
    r"|basics of|the|an?"
    r"|(?:types|kinds|properties|features|uses|applications|advantages|examples|importance|role|definition|history)"
    r" of(?: the| an?)?)\s+"
    r"|\s+(?:basics|revisited|overview|fundamentals|explained|data type|from scratch|in (?:python|practice|action))$"
)
# Whole headings about the book itself.
STRUCTURAL = (
    r"(?:getting started|exploring further|to do|wrap(?:ping)?[ -]up|warm(?:ing)?[ -]up|read on|q ?& ?a|thank you"
    r"|table of contents|check your (?:understanding|knowledge|progress)|test your(?:self| \w+)"
    r"|try it(?: yourself| out)?|in a nutshell"
    r"|case stud(?:y|ies)|(?:about|why|how|what) .*|(?:page|slide|example|figure|table|exercise|question) \d+.*"
    r"|concepts in practice|office hours|contact(?: information)?|grading(?: policy)?|reading list|test slide)"
)

QUESTION_WORDS = "what which who whose whom why how when where whether"
# A heading with one of these is a sentence about the subject.
CLAUSE_WORDS = """
    is are was were am be been has have had do does did can could will would shall should may might must
    it they we you i he she them us me him there this that these those its your our my their
"""
PREPOSITIONS = """
    in on at of from by to into onto for with without about after before during under over through throughout toward
    towards beyond behind as if because since until while although though and or but so than once
"""
COMPOUNDING_PREPOSITIONS = "and or of by"  # these may follow a noun in -ing: "Sorting of lists"
# "for loop", "if statement", "or gate": names that begin with a small word.
CONSTRUCTS = """
    loop loops statement statements clause clauses keyword keywords operator operators block blocks expression
    expressions condition conditions gate gates
"""
DETERMINERS = "a an the one two three several many some any all each every more"
IMPERATIVES = "read look see go try turn think remember note let get check test show ask"
ACTIVITY_SUFFIX = "ing"
ACTIVITY_WORDS = "using"  # always an activity
# What books and courses are made of.
STRUCTURAL_NOUNS = """
    introduction introductions intro summary summaries overview overviews conclusion conclusions review reviews recap
    preface foreword contents background objective objectives outline outlines abstract acknowledgement
    acknowledgements acknowledgment acknowledgments appendix appendices index outcome outcomes goal goals aim aims
    exercise exercises question questions problem problems quiz quizzes homework assignment assignments task tasks
    activity activities reference references bibliography reading readings resource resources discussion discussions
    example examples term terms point points takeaway takeaways concept concepts idea ideas fact facts glossary
    vocabulary answer answers solution solutions note notes hint hints tip tips page slide slides chapter section unit
    lecture lesson module course class syllabus agenda schedule mistake mistakes misconception misconceptions error
    errors pitfall pitfalls result results finding findings motivation remark remarks faq preliminaries prerequisite
    prerequisites requirement requirements step steps study studies setup start steps material materials experiments
    experiment work works thoughts words project projects assessment understanding figure figures table tables proof
    definition definitions theorem keyword
"""
STRUCTURAL_MODIFIERS = """
    key main important learning further related frequent common typical first last next final general basic short quick
    brief experimental worked practice practical reviewing teaching course class chapter section unit lesson lecture
    module self own additional supplementary suggested recommended required recommendation frequently asked case
    discussion group individual optional extra more some other open sample warm-up getting started closing opening fun
    concluding introductory learned solved short-answer multiple-choice follow-up end-of-chapter check your
    and the of for to
"""
# What a text may open with whatever it is about; with one of these for a title it is named by something else.
OPENING_NOUNS = """
    introduction introductions intro overview overviews background preface foreword contents objective objectives
    outline outlines outcome outcomes goal goals aims motivation preliminaries start chapter section unit lecture lesson
    module summary
"""
# Structural nouns that can also name a topic when they stand alone.
TOPICAL_NOUNS = """
    start work works study experiment experiments step steps understanding term error errors
    module table tables reading concept idea class index proof learning key
"""

# Parts of a course: how a file's name writes them before their number, and how they are shown.
PART_LABELS = {
    "chapter": "Chapter {number}",
    "chap": "Chapter {number}",
    "ch": "Chapter {number}",
    "unit": "Unit {number}",
    "lecture": "Lecture {number}",
    "lec": "Lecture {number}",
    "lesson": "Lesson {number}",
    "module": "Module {number}",
    "mod": "Module {number}",
    "week": "Week {number}",
    "wk": "Week {number}",
    "part": "Part {number}",
    "appendix": "Appendix {number}",
}
# Words in the names of files that say nothing about their subject.
FILE_NAME_NOISE = """
    final draft copy version new old scan download document file untitled img image book text page pages slide slides
    handout handouts print full index main doc docs en
"""

# Sections that set tasks, that print their answers, that say what will be learnt: whole headings without numbering.
EXERCISE_SECTION = (
    r"(?:(?:end[- ]of[- ]chapter|chapter|section|practice|review|critical thinking|homework|additional|more|unit|self"
    r"|self-check|discussion|multiple[- ]choice|short[- ]answer|interactive link|free response|test prep|programming"
    r"|coding|lab|group|concept|conceptual|challenge|warm-?up|study|reading|worked|guided|solved|unsolved)[ -])*"
    r"(?:exercises?|problems?|questions|quiz(?:zes)?|quiz questions|homework|assignments?|self-?check|drills?)"
    r"(?: (?:and|&) (?:exercises|problems|questions))?(?:(?: for| on|:) .{1,40})?"
    r"|(?:art|visual) connections?|free responses?|multiple[- ]choice|fill[- ]in[- ]the[- ]blanks?|short[- ]answer"
    r"|concepts in practice|try it(?: (?:yourself|out|now))?|try this|your turn"
    r"|check your (?:understanding|knowledge|progress)|test your(?:self| (?:understanding|knowledge))"
    r"|practice(?: test| makes perfect)?|think about it"
)
ANSWER_SECTION = (
    r"(?:selected |odd[- ]numbered |chapter |exercise |quiz |review )*(?:answers?|answer keys?|key|solutions? manual"
    r"|answers? (?:and|&) (?:explanations?|solutions?))(?: (?:to|for) .{1,60})?"
    r"|solutions? (?:to|for) .{1,60}|(?:selected|exercise|worked|odd[- ]numbered) solutions"
)
OBJECTIVE_SECTION = r"(?:learning |chapter |section |course )?(?:objectives|outcomes|goals)|(?:chapter )?outline"
# How a list of them begins that has no heading.
OBJECTIVE_OPENING = (
    r"(?:by|at) the end of this (?:section|chapter|lesson|unit|module|lecture)\b[^.:\n]{0,60}:"
    r"|(?:after|upon|on) (?:reading|completing|completion of|studying|finishing) this "
    r"(?:section|chapter|lesson|unit|module|lecture)\b[^.:\n]{0,60}:"
    r"|in this (?:section|chapter|lesson|unit|module|lecture),? you (?:will|are going to) [^.:\n]{0,60}:"
)
# ... that list where else to read.
REFERENCE_SECTION = (
    r"(?:list of |chapter |selected )?references(?: (?:and|&) (?:notes|(?:further|suggested|additional) readings?))?"
    r"|(?:annotated |selected )?bibliography|(?:works|literature) cited"
    r"|(?:further|suggested|recommended|additional) readings?|suggested projects|(?:subject |author |general )?index"
    r"|(?:table of )?contents"
)
# How a text begins that sets a task. A step of a procedure ("Compute the slope") is none.
TASK_OPENING = (
    r"Exercise\.(?:\s|$)"
    r"|(?:Write|Create|Complete|Modify|Implement|Design) (?:an?|the|your) (?:[\w-]+ ){0,3}"
    r"(?:program|function|script|class|method|expression|statement|equation|essay|paragraph|sentence|proof)s?\b"
)
KEY_OF_QUESTION = "[a-h]|true|false|[tf]|yes|no"  # what an answer key prints after a number

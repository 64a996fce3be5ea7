"""Chinese names of figures and of what has a caption; simplified and traditional."""

FIGURE_NAME = "图|圖"
CAPTION_NAME = "图|圖|表"
NUMBER_POINTS = "－．"  # between the parts of a number
TITLE_MARKS = "：。．"  # between the number and the title
OPENING_BRACKETS = "（【"
CLOSING_BRACKETS = "）】"

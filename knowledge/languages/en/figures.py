"""English names of figures and of what has a caption."""

FIGURE_NAME = r"(?<![a-z])(?:figure|fig)\b\.?"
CAPTION_NAME = r"Figure|Fig\.|Table|Tab\.|Algorithm|Listing"
TITLE_MARKS = ".:"  # between the number and the title

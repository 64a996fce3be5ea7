"""English."""

from knowledge.languages import Language
from knowledge.languages.scripts import LATIN

LANGUAGE = Language("en", name="English", english_name="English", script=LATIN)

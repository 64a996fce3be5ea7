"""Assessment: questions with keys, and grades that fail closed: nothing is right because something went wrong."""

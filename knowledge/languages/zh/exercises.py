"""Chinese exercises: how a task asks for something."""

QUESTION_OR_COMMAND = "多少|几|求|什么"

"""Chinese starter questions: what shows that a passage gives an example."""

EXAMPLE_MARKERS = "例如|比如|举例|譬如|```"

"""Parsing: turns the bytes of a course document into located blocks of text, each file in a confined worker process."""

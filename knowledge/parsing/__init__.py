"""Parsing: the bytes of a course document in, located blocks of text out, each file in a limited child process."""

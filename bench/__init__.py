"""Benchmarks: programs that measure the figures we publish. The last line that each prints is one JSON object."""

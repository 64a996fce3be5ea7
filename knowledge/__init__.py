"""The document library: parses and indexes course documents, finds and cites passages. Imports nothing of `tutor`."""

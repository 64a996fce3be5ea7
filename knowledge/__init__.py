"""Course documents in, located passages out. A library: it imports nothing of the tutor."""

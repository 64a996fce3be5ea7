"""Mathematical tasks, one module a kind: read from a message, solved in steps, checked, made afresh. Pure."""

"""The tutor's moves, the hint ladder and the guard that keeps answers out of replies. Pure."""

"""Who is who and who may do what: guests, sign-in links, sessions, permissions."""

"""Accounts and permissions: guests, sign-in links, sessions, and who may do what."""

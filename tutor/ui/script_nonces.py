"""Marks the scripts that the server itself put into a page, so that the browser runs no other.

Gradio's pages have scripts in their HTML whose text differs from one request to the next, so a list of hashes would not
do. Each response has a nonce of its own, which its Content-Security-Policy names. A script that Gradio's page adds to
itself has no nonce: it does so with those of `launch(head=...)`, which never differ and are named by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

_SCRIPT = re.compile(rb"<script\b([^>]*>.*?</script>)", re.DOTALL | re.IGNORECASE)


def hash_sources(markup: str) -> str:
    """Return the sources of a Content-Security-Policy that allow the scripts of `markup`, each after a space."""
    texts = (tag.partition(b">")[2].removesuffix(b"</script>") for tag in _SCRIPT.findall(markup.encode()))
    return "".join(f" 'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'" for text in texts)


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def add_nonces(page: bytes, nonce: str) -> bytes:
    """Return the page with the nonce in every script element; the text of scripts is left alone, whatever it quotes."""
    return _SCRIPT.sub(rb"<script nonce=" + nonce.encode() + rb"\1", page)

"""Every script element of a page gets the nonce, and nothing that only looks like one."""

from __future__ import annotations

from tutor.ui.script_nonces import add_nonces, hash_sources, new_nonce


def test_scripts_of_every_form_get_the_nonce():
    page = b'<head><script>a()</script><script type="module" src="x.js"></script><SCRIPT>\nb()</SCRIPT></head>'
    assert add_nonces(page, "N") == (
        b'<head><script nonce=N>a()</script><script nonce=N type="module" src="x.js"></script>'
        b"<script nonce=N>\nb()</SCRIPT></head>"
    )


def test_what_a_script_quotes_is_left_alone():
    page = b'<script>window.config = {"title": "<script>alert(1)"};</script><p>scripts</p>'
    assert add_nonces(page, "N") == page.replace(b"<script>", b"<script nonce=N>", 1)


def test_scripts_of_the_head_are_named_by_their_hashes():
    empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # of no text, the best known SHA-256
    assert hash_sources("<style>p{}</style><script></script>") == f" 'sha256-{empty}'"
    assert hash_sources("<script async>abc</script>") != hash_sources("<script>abc </script>")
    assert hash_sources("<p>none</p>") == ""


def test_no_nonce_is_used_twice():
    assert len({new_nonce() for _ in range(1000)}) == 1000

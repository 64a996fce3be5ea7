"""The link that a class is given begins with the address at which the instructor reached the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from starlette.requests import Request

from tutor.platform.settings import Settings
from tutor.ui.course_access_panel import _own_address, _qr_code


def request(host: str, **headers: str) -> gr.Request:
    named = [
        (b"host", host.encode()),
        *((key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()),
    ]
    return gr.Request(request=Request({"type": "http", "scheme": "http", "headers": named}))


@pytest.mark.parametrize(
    ("chosen", "asked", "address"),
    [
        ({"host": "0.0.0.0"}, request("192.168.1.20:7860"), "http://192.168.1.20:7860"),
        ({}, request("ada-tutor.hf.space", x_forwarded_proto="https"), "https://ada-tutor.hf.space"),
        ({"public_url": "https://tutor.example/"}, request("192.168.1.20:7860"), "https://tutor.example"),
    ],
)
def test_links_begin_with_the_public_address_or_the_one_in_use(chosen: Any, asked: gr.Request, address: str):
    """A regression: a server that listens on all addresses gave links to `http://0.0.0.0`."""
    assert _own_address(Settings(data_dir=Path("unused"), **chosen), asked) == address


def test_the_qr_code_is_a_drawing_without_script_or_request():
    drawn = _qr_code("https://tutor.example/join/K7QM-3XPD", "en")
    assert drawn.startswith('<div role="img" aria-label="QR code') and "<svg" in drawn
    assert "<script" not in drawn and "href" not in drawn and "http" not in drawn

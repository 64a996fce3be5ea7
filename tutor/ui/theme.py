"""The look of the pages in Gradio's terms: warm paper by day, a blackboard by night, one green for what can be done.

Fonts are those of the system, so nothing is loaded for them. Our own parts take their colours from
`assets/colours.css`; a test compares the two.
"""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils.colors import Color

GREEN = Color(
    name="board",
    c50="#eef7f3",
    c100="#d6ece4",
    c200="#aedacb",
    c300="#7fcdb5",
    c400="#45a88f",
    c500="#1b8570",
    c600="#0f6b5c",
    c700="#0c574b",
    c800="#0d463d",
    c900="#0d3932",
    c950="#06211d",
)
PAPER = Color(
    name="paper",
    c50="#faf8f2",
    c100="#f2efe5",
    c200="#e3dfd1",
    c300="#cbc7b8",
    c400="#9aa39a",
    c500="#6c7872",
    c600="#4f5c56",
    c700="#3a4842",
    c800="#24312c",
    c900="#1a2521",
    c950="#131c19",
)
SANS = ["Seravek", "Avenir Next", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "system-ui", "sans-serif"]
MONO = ["ui-monospace", "Cascadia Code", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"]


def build_theme() -> gr.themes.Base:
    """Return the theme, light and dark."""
    return gr.themes.Default(
        primary_hue=GREEN,
        secondary_hue=GREEN,
        neutral_hue=PAPER,
        radius_size=gr.themes.sizes.radius_lg,
        font=SANS,
        font_mono=MONO,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="#e9f0ea",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="#a9bab1",
        background_fill_primary="white",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_100",
        background_fill_secondary_dark="*neutral_800",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_700",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="#a9bab1",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="#c9d6ce",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="#a9bab1",
        block_shadow="none",
        block_shadow_dark="none",
        border_color_primary="*neutral_200",
        border_color_primary_dark="*neutral_700",
        color_accent="*primary_600",
        color_accent_soft="*primary_50",
        color_accent_soft_dark="*primary_900",
        border_color_accent_dark="*primary_400",
        link_text_color="*primary_600",
        link_text_color_dark="*primary_300",
        link_text_color_hover="*primary_800",
        link_text_color_hover_dark="*primary_200",
        link_text_color_visited="*primary_700",
        link_text_color_visited_dark="*primary_300",
        input_border_color="*neutral_400",
        input_border_color_dark="*neutral_500",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="#93a59c",
        checkbox_background_color_selected="*primary_600",
        checkbox_background_color_selected_dark="*primary_500",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_hover_dark="*primary_700",
        button_secondary_background_fill="*neutral_100",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover="*neutral_200",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_600",
        button_secondary_text_color="*neutral_900",
        button_secondary_text_color_dark="#e9f0ea",
        button_border_width="1px",
        button_primary_border_color="*primary_600",
        button_primary_border_color_dark="*primary_500",
    )

"""Colours, type and spacing of Gradio's own components, as variables of ui/style.css; the system's fonts, none fetched."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

CSS, JS, ICON = (Path(__file__).with_name(name) for name in ("style.css", "page.js", "icon.png"))
# Gradio carries some fonts, but cut down to a few letters: words would mix two faces, so it is the system's own
SANS = ("system-ui", "-apple-system", "Segoe UI", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "Noto Sans Mono", "monospace")


def theme() -> gr.themes.Base:
    """Quiet surfaces that take every colour from style.css, so that light and dark are decided in one place."""
    made = gr.themes.Base(
        font=[gr.themes.Font(name) for name in SANS], font_mono=[gr.themes.Font(name) for name in MONO]
    )
    made = made.set(**SHAPES)
    # set again for dark: a variable that names another is resolved where it is declared
    return made.set(**COLOURS, **{f"{name}_dark": value for name, value in COLOURS.items()})


def style() -> str:
    """The stylesheet for the page's head, unchanged: Gradio's `css` setting rewrites selectors, and not all survive it."""
    return f"<style>{CSS.read_text('utf-8')}</style>"


SHAPES = {
    "input_border_width": "1px",
    "input_radius": "0.6rem",
    "input_text_size": "0.97rem",
    "button_border_width": "1px",
    "button_large_radius": "0.6rem",
    "button_small_radius": "0.6rem",
    "block_label_text_size": "0.88rem",
    "block_title_text_size": "0.88rem",
    "block_info_text_size": "0.82rem",
}
COLOURS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--soft)",
    "background_fill_primary": "var(--sheet)",
    "background_fill_secondary": "var(--paper)",
    "block_background_fill": "transparent",
    "block_border_color": "transparent",
    "block_label_background_fill": "transparent",
    "block_label_text_color": "var(--soft)",
    "block_title_text_color": "var(--soft)",
    "block_info_text_color": "var(--soft)",
    "border_color_primary": "var(--line)",
    "border_color_accent": "var(--ink)",
    "color_accent_soft": "var(--wash)",
    "input_background_fill": "var(--sheet)",
    "input_background_fill_focus": "var(--sheet)",
    "input_border_color": "var(--line)",
    "input_border_color_focus": "var(--focus)",
    "input_placeholder_color": "var(--soft)",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "button_primary_background_fill": "var(--ink)",
    "button_primary_background_fill_hover": "var(--ink-hover)",
    "button_primary_text_color": "var(--paper)",
    "button_primary_border_color": "var(--ink)",
    "button_secondary_background_fill": "var(--sheet)",
    "button_secondary_background_fill_hover": "var(--wash)",
    "button_secondary_text_color": "var(--ink)",
    "button_secondary_border_color": "var(--line)",
    "link_text_color": "var(--ink)",
    "error_background_fill": "var(--sheet)",
    "error_text_color": "var(--ink)",
    "error_border_color": "var(--line)",
}

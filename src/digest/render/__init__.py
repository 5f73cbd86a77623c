"""Turns an edition into what people read: letter, page, print. Pure: values in, text out.

    Edition ─► compile_letter ─► CompiledLetter ─► join (per variant) ─► Letter ─► wire.encode ─► bytes with holes
            ├► render_page    ─► the page behind "view in browser"
            └► render_printed ─► the page for paper

Templates arrive through a `read(name) -> str` that the caller gives (`digest.resources.template`).
"""

"""The page: blocks to HTML, the chat, the panels and the data viewer; the only room that imports gradio."""

"""Values and contracts that every room shares; imports no torch, no gradio and no langgraph."""

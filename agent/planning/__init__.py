"""Agent mode: a chat model plans, calls operations as tools, and its numbers are checked."""

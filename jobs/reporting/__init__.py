"""What single jobs show: blocks of the chat in a terminal, figures of the parser and of a load test."""

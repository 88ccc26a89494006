"""From a message to an answer: understand, resolve, run, judge, reply, and the session that remembers."""

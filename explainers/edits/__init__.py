"""Changing texts: what may be changed, how it is searched, and how far a change goes."""

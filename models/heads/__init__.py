"""Classifiers on an encoder: what they read, their network, the head trained on kept features, and the files made of a data set."""

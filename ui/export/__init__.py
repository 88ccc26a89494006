"""The whole conversation as a file, one format a module; `ui.exports` knows them all."""

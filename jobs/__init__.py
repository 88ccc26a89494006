"""Work without a page: `python -m jobs NAME`."""

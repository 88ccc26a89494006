"""What several jobs share: options and messages of the terminal, HTML reports, precisions to compare."""

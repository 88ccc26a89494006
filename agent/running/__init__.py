"""From a request to an explanation and its check: kept on disk, told what it costs, run where there is a GPU."""

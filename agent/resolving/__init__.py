"""From a reading to complete requests: which operation, which instances, which settings; or why not."""

"""What leaves a session: links, records, JSON data and code, and the way back."""

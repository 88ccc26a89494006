"""What a session keeps and where: conversations, memory, uploaded files, ratings, and how fast it may ask."""

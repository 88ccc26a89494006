"""One file a kind of explanation: how it becomes the blocks of an answer."""

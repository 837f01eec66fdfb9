"""Organizations, their API keys, and the users of the console."""

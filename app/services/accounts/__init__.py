"""Who may do what: organizations, their API keys and the console users."""

"""The hosted checkout: one page for each session, test cards only."""

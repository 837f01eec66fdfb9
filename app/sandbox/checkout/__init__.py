"""The hosted checkout: one page per session. It takes only test cards."""

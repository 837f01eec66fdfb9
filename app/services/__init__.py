"""Use cases: one function each. It takes `store` and `gateway` first, then values, then `now`."""

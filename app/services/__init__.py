"""What one can do: one function per use case, which takes its collaborators first, then values, then `now`."""

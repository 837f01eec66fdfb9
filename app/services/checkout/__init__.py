"""The buyer's steps: preview, start, complete, cancel."""

"""Computes what a buyer pays: from a link and a selection to a quote, in minor units. No I/O, no clock, no randomness."""

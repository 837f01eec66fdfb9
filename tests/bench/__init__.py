"""Measures each kind of request as a multiple of the smallest Flask application."""

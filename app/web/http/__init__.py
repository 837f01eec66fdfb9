"""What every answer shares: the request context, headers, limits, health and metrics."""

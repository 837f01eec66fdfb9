"""What every response shares: context, security headers, rate limits, request bodies, health and metrics."""

"""The `counterfoil` command. It prints; the services do the work."""

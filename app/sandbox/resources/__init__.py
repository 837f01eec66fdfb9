"""The resources of the sandbox: one module each, with its parameters and operations."""

"""The OpenAPI description of the HTTP interface, generated from the models."""

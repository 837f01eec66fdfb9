"""The sandbox's resources: one module each, with the parameters it takes and the operations it knows."""

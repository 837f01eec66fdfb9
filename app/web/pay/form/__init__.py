"""The form of the pay page: one field per question of the link."""

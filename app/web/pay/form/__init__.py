"""The pay page's form: one field per question that the link asks."""

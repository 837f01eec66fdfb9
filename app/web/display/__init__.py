"""What people read, shared by all pages: languages, amounts, dates, Markdown, the order."""

"""What people read, shared by all pages: languages, amounts, dates, Markdown, addresses, orders and receipts."""

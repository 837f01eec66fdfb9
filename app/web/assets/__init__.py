"""Small files that are generated per organization or per server: the brand stylesheet, the embed script, QR codes."""

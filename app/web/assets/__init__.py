"""Files that are generated: the brand stylesheet, QR codes, the embed script and the demo's invoice."""

"""Files that are generated: styles and scripts, QR codes, the embed script and the demo's invoice."""

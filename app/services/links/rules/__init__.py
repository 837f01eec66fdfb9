"""The rules that a link must follow before it is stored, one module per part of the link."""

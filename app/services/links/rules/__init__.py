"""The rules that a link must satisfy before it is saved, one module per part of the link."""

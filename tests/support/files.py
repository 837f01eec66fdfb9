"""Reads the files that the application wrote."""

from pathlib import Path


def files_that_hold(secret: str, folder: Path) -> list[str]:
    """Return the names of the files in a folder that contain a text; fails where the folder holds no SQLite database."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert any(content.startswith(b"SQLite format 3") for content in files.values()), sorted(files)
    return sorted(name for name, content in files.items() if secret.encode() in content)

"""Self-signed certificates for servers on loopback, and a way to let the SDK trust them."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import stripe


def make_certificate(folder: Path, host: str = "localhost") -> Path:
    """Write a certificate for a host, with its key, into one file. Return the file."""
    file = folder / f"{host}.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={host}"]
    names = ["-addext", f"subjectAltName=DNS:{host}", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    subprocess.run([*made, *names], check=True, capture_output=True)
    file.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return file


def server_context(certificate: Path) -> ssl.SSLContext:
    """Return the TLS context of a server that has this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@contextmanager
def trusting(certificate: Path) -> Iterator[ssl.SSLContext]:
    """Let the SDK trust this certificate. Yield the context of a server that has it."""
    before, stripe.ca_bundle_path = stripe.ca_bundle_path, str(certificate)
    try:
        yield server_context(certificate)
    finally:
        stripe.ca_bundle_path = before

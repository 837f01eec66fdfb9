"""Self-signed certificates for servers on loopback, and a way to let the SDK trust them."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import stripe


def make_certificate(folder: Path, *hosts: str) -> tuple[str, str]:
    """Make a self-signed certificate for these names. Return its file and the file of its key."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    names = ",".join(f"DNS:{host}" for host in hosts)
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", f"/CN={hosts[0]}", "-addext", f"subjectAltName={names}"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return str(certificate), str(key)


def server_context(certificate: tuple[str, str]) -> ssl.SSLContext:
    """Return the TLS context of a server that has this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@contextmanager
def trusting(certificate: tuple[str, str]) -> Iterator[ssl.SSLContext]:
    """Let the SDK trust this certificate. Yield the context of a server that has it."""
    before, stripe.ca_bundle_path = stripe.ca_bundle_path, certificate[0]
    try:
        yield server_context(certificate)
    finally:
        stripe.ca_bundle_path = before

"""The guard refuses every connection to another machine."""

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)])
def test_connecting_to_another_machine_is_refused(address: tuple[str | int, ...]) -> None:
    family = socket.AF_INET6 if ":" in str(address[0]) else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(PermissionError, match="only loopback"):
        outside.connect(address)


def test_a_datagram_to_another_machine_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as outside, pytest.raises(PermissionError, match="only loopback"):
        outside.sendto(b"", ("192.0.2.1", 53))


def test_looking_up_another_machine_is_refused() -> None:
    with pytest.raises(PermissionError, match="only loopback"):
        socket.getaddrinfo("host.invalid", 80)


def test_connecting_to_this_machine_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, address = server.accept()
        accepted.close()
        assert address == client.getsockname()

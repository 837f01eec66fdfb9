"""The addresses of pictures as Stripe is given them. Stripe fetches a picture itself, so it must be able to reach the address. Pure."""

from ipaddress import ip_address

from app.objects.picture import PICTURE_PATH
from app.wire.web_address import AddressRefused, read_address


def address_for_stripe(picture: str | None, public_url: str | None) -> str | None:
    """Return where Stripe fetches a picture, or None where it cannot.

    An uploaded picture has a path of ours. It gets the origin `public_url`, where that is https and another machine can reach it.

    >>> address_for_stripe("https://shop.example/logo.png", "https://pay.shop.example")
    'https://shop.example/logo.png'
    """
    if picture is None:
        return None
    if PICTURE_PATH.fullmatch(picture):
        return f"{public_url}{picture}" if public_url and _can_be_fetched(public_url) else None
    return picture if picture.startswith("https://") else None


def _can_be_fetched(public_url: str) -> bool:
    try:
        address = read_address(public_url)
    except AddressRefused:
        return False
    return address.scheme == "https" and not _is_loopback(address.host)


def _is_loopback(host: str) -> bool:
    name = host.removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False

"""Builds the addresses of pictures that we send to Stripe, which fetches them itself. Pure."""

from collections.abc import Iterable
from ipaddress import ip_address

from app.objects.picture import PICTURE_PATH
from app.wire.web_address import AddressRefused, read_address


def address_for_stripe(picture: str | None, public_url: str | None) -> str | None:
    """Return the address from which Stripe can fetch a picture, or None if there is none.

    An uploaded picture is a path on our server. `public_url` is put before it if that is https and its host is not this machine.

    >>> address_for_stripe("https://shop.example/logo.png", "https://pay.shop.example")
    'https://shop.example/logo.png'
    """
    if picture is None:
        return None
    if PICTURE_PATH.fullmatch(picture):
        return f"{public_url}{picture}" if public_url and _can_be_fetched(public_url) else None
    return picture if picture.startswith("https://") else None


def images_for_stripe(images: Iterable[str], public_url: str) -> list[str]:
    """Return the pictures of a product with the addresses of uploaded ones, as far as Stripe can fetch them. Others stay as they are."""
    addresses = (address_for_stripe(image, public_url) if PICTURE_PATH.fullmatch(image) else image for image in images)
    return [address for address in addresses if address]


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

"""Postal addresses for people: the order of the parts is that of the country."""

from typing import Final

from app.objects.address import Address
from app.web.display.locale import country_name

_CITY_FIRST: Final = frozenset(
    {"AU", "CA", "CN", "GB", "HK", "IE", "IN", "JP", "KR", "NZ", "SG", "TH", "TW", "US", "ZA"}
)
"""Countries that write the postal code after the city. The others write it in front."""


def postal_lines(address: Address) -> list[str]:
    """Return an address line by line: `["Mühlgasse 4", "1040 Wien, Austria"]`."""
    country = country_name(address.country) if address.country else None
    last = ", ".join(part for part in (_place(address), country) if part)
    return [line for line in (address.line1, address.line2, last) if line]


def postal_line(address: Address) -> str:
    """Return an address in one line: "Mühlgasse 4, 1040 Wien, Austria"."""
    return ", ".join(postal_lines(address))


def _place(address: Address) -> str:
    """Return city, state and postal code: "1040 Wien", "Boston, MA 02108"."""
    city, state, postal_code = address.city, address.state, address.postal_code
    if address.country not in _CITY_FIRST:
        return ", ".join(part for part in (" ".join(part for part in (postal_code, city) if part), state) if part)
    last = " ".join(part for part in (state, postal_code) if part)
    return (", " if state else " ").join(part for part in (city, last) if part)

"""Postal addresses for people."""

import pytest
from flask import Flask

from app.objects.address import Address
from app.web.display import locale
from app.web.display.postal_address import postal_line, postal_lines


def shown(address: Address, language: str = "en") -> list[str]:
    app = Flask(__name__)
    locale.register(app)
    with app.test_request_context(f"/?locale={language}"):
        return postal_lines(address)


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        pytest.param(
            {"line1": "Mühlgasse 4", "line2": "Hof 2", "postal_code": "1040", "city": "Wien", "country": "AT"},
            ["Mühlgasse 4", "Hof 2", "1040 Wien, Austria"],
            id="the postal code first",
        ),
        pytest.param(
            {"line1": "1 Beacon St", "city": "Boston", "state": "MA", "postal_code": "02108", "country": "US"},
            ["1 Beacon St", "Boston, MA 02108, United States"],
            id="the city first, with a state",
        ),
        pytest.param(
            {"line1": "10 Mill Lane", "city": "London", "postal_code": "SW1A 2AA", "country": "GB"},
            ["10 Mill Lane", "London SW1A 2AA, United Kingdom"],
            id="the city first, without a state",
        ),
        pytest.param(
            {"line1": "Via Po 1", "postal_code": "10123", "city": "Torino", "state": "TO", "country": "IT"},
            ["Via Po 1", "10123 Torino, TO, Italy"],
            id="a province after the city",
        ),
        pytest.param({"city": "Wien"}, ["Wien"], id="only a city"),
        pytest.param({"country": "XX"}, ["XX"], id="a country without a name"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_the_parts_stand_in_the_order_of_the_country(parts: dict[str, str], lines: list[str]) -> None:
    assert shown(Address(**parts)) == lines


def test_an_address_fits_into_one_line() -> None:
    address = Address(line1="Mühlgasse 4", postal_code="1040", city="Wien", country="AT")
    app = Flask(__name__)
    locale.register(app)
    with app.test_request_context("/"):
        assert postal_line(address) == "Mühlgasse 4, 1040 Wien, Austria"

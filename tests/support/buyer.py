"""What a buyer enters at the sandbox's Checkout: form fields by name."""

from typing import Final

CARD_NUMBER: Final = "4242 4242 4242 4242"
CARD: Final = {"card_number": CARD_NUMBER, "card_expiry": "12/40", "card_cvc": "123"}
BUYER: Final = {"email": "ada@example.com", "billing_name": "Ada Lovelace", "billing_address[country]": "AT"}
CHECKOUT: Final = {
    **BUYER,
    **CARD,
    "billing_address[line1]": "Hill 1",
    "billing_address[city]": "Ulm",
    "billing_address[postal_code]": "89073",
}
"""Everything that a Checkout page may ask of a buyer who pays by card."""

"""What buyers type into the sandbox's checkout."""

CHECKOUT = {
    "email": "mary@post.example",
    "card_number": "4242 4242 4242 4242",
    "card_expiry": "12/40",
    "card_cvc": "123",
    "billing_name": "Mary Bee",
    "billing_address[country]": "DE",
    "billing_address[line1]": "Hill 1",
    "billing_address[city]": "Ulm",
    "billing_address[postal_code]": "89073",
}

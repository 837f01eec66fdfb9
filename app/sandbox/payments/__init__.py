"""Objects that a payment creates: payment method, payment intent, charge, invoice and balance transactions."""

"""What a payment leaves behind: its payment method, payment intent, charge, invoice, and what it moves on the balance."""

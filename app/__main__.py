"""`python -m app` is the `counterfoil` command."""

from app.cli import main

main()

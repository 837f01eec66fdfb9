"""`python -m app` is the `counterfoil` command."""

from app.cli.main import main

main()

"""Strings by their maximum length in characters. A longer text of Stripe's is kept."""

from typing import Annotated

from pydantic import StringConstraints

from app.objects.as_written import KEPT_TEXT

Text22 = Annotated[str, StringConstraints(max_length=22), KEPT_TEXT]
Text40 = Annotated[str, StringConstraints(max_length=40), KEPT_TEXT]
Text100 = Annotated[str, StringConstraints(max_length=100), KEPT_TEXT]
Text120 = Annotated[str, StringConstraints(max_length=120), KEPT_TEXT]
Text140 = Annotated[str, StringConstraints(max_length=140), KEPT_TEXT]
Text200 = Annotated[str, StringConstraints(max_length=200), KEPT_TEXT]
Text250 = Annotated[str, StringConstraints(max_length=250), KEPT_TEXT]
Text255 = Annotated[str, StringConstraints(max_length=255), KEPT_TEXT]
Text500 = Annotated[str, StringConstraints(max_length=500), KEPT_TEXT]
Text1000 = Annotated[str, StringConstraints(max_length=1000), KEPT_TEXT]
Text1200 = Annotated[str, StringConstraints(max_length=1200), KEPT_TEXT]
Text1500 = Annotated[str, StringConstraints(max_length=1500), KEPT_TEXT]
Text5000 = Annotated[str, StringConstraints(max_length=5000), KEPT_TEXT]

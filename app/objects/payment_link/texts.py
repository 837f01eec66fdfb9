"""Strings by their maximum length in characters."""

from typing import Annotated

from pydantic import StringConstraints

Text22 = Annotated[str, StringConstraints(max_length=22)]
Text40 = Annotated[str, StringConstraints(max_length=40)]
Text100 = Annotated[str, StringConstraints(max_length=100)]
Text120 = Annotated[str, StringConstraints(max_length=120)]
Text140 = Annotated[str, StringConstraints(max_length=140)]
Text200 = Annotated[str, StringConstraints(max_length=200)]
Text250 = Annotated[str, StringConstraints(max_length=250)]
Text255 = Annotated[str, StringConstraints(max_length=255)]
Text500 = Annotated[str, StringConstraints(max_length=500)]
Text1000 = Annotated[str, StringConstraints(max_length=1000)]
Text1200 = Annotated[str, StringConstraints(max_length=1200)]
Text1500 = Annotated[str, StringConstraints(max_length=1500)]
Text5000 = Annotated[str, StringConstraints(max_length=5000)]

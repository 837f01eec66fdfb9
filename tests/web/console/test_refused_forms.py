"""A form says in the language of the page what a service refuses, also by a rule that the form does not know."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.services.accounts.users import NAME_MAXIMUM
from app.web.console.forms import MESSAGE_MAXIMUM, PASSWORD_ERROR, DeactivateForm, InvitationForm, JoinForm
from app.web.console.lengths import too_long
from app.web.console.setup_form import JoinShopForm, SetUpForm
from tests.support.build import NOW
from tests.support.languages import in_language

ADDRESS = "Enter an address like ada@example.com. Check it for typos"
UNKNOWN = "We could not read this request"
IN_TEAM = "This person is in the team already"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("form", "error", "field", "text"),
    [
        (JoinShopForm, InvalidRequest("email must have at most 254 characters.", param="email"), "email", ADDRESS),
        (JoinShopForm, InvalidRequest("A rule of tomorrow.", param="colour"), "email", UNKNOWN),
        (JoinShopForm, InvalidRequest("A rule of tomorrow."), "email", UNKNOWN),
        (lambda: SetUpForm(now=NOW), InvalidRequest("A rule of tomorrow.", param="timezone"), "email", UNKNOWN),
        (JoinForm, InvalidRequest("A rule of tomorrow.", param="colour"), "password", UNKNOWN),
        (InvitationForm, InvalidRequest("This person is in the team already.", param="email"), "email", IN_TEAM),
        (InvitationForm, InvalidRequest("A rule of tomorrow.", param="email"), "email", ADDRESS),
    ],
)
def test_a_form_says_what_a_service_refuses(
    form: Callable[[], Any], error: InvalidRequest, field: str, text: str
) -> None:
    shown = form()
    shown.refuse(error)
    assert {name: list(map(str, errors)) for name, errors in shown.errors.items()} == {field: [in_language("de", text)]}


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("form", [JoinShopForm, JoinForm])
def test_a_refused_password_is_told_at_its_field(form: Callable[[], Any]) -> None:
    shown = form()
    shown.refuse(InvalidRequest("password must be text in UTF-8.", param="password"))
    assert list(map(str, shown.password.errors)) == [str(PASSWORD_ERROR)]
    assert "characters" not in str(PASSWORD_ERROR)


@pytest.mark.usefixtures("german")
def test_a_name_that_is_too_long_is_told_at_its_field() -> None:
    form = JoinForm()
    form.refuse(InvalidRequest("name must have at most 100 characters.", param="name"))
    assert list(map(str, form.your_name.errors)) == [str(too_long(NAME_MAXIMUM))]


@pytest.mark.usefixtures("german")
def test_a_refused_message_for_visitors_is_told_at_its_field() -> None:
    form = DeactivateForm()
    form.refuse()
    (message,) = map(str, form.inactive_message.errors)
    assert str(MESSAGE_MAXIMUM) in message
    assert "characters" not in message

"""Long lists to choose from are written faster than by WTForms, and say the same."""

from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.web.console.choices import LongChoice
from tests.support.page import read_html

CHOICES = [("", "Not set"), ("at", "Österreich"), ('"><b>', "<script>"), ("&amp;", "Fish & chips")]


class Both(Form):
    """The same list, by our field and by WTForms."""

    ours = LongChoice("Country", name="country")
    theirs = SelectField("Country", name="country", choices=[])


def options(html: str) -> list[tuple[str | None, bool, str]]:
    """Return the value, the state and the text of each option."""
    return [
        (option.get("value"), "selected" in option.attributes, option.text) for option in read_html(html).all("option")
    ]


def test_every_option_is_what_wtforms_writes() -> None:
    for chosen, _ in CHOICES:
        form = Both(data={"ours": chosen, "theirs": chosen})
        for field in (form.ours, form.theirs):
            field.choices = [SelectChoice(value, label) for value, label in CHOICES]
        found = options(str(form.ours()))
        assert found == options(str(form.theirs()))
        assert [(value, label) for value, _, label in found] == CHOICES
        assert [value for value, selected, _ in found if selected] == [chosen]

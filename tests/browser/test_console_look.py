"""The console keeps its shape in other languages and on narrow windows: whole words, aligned panels."""

from playwright.sync_api import Page

from app.objects.change import COMMAND_LINE
from app.services.accounts.invitations import invite
from app.web.display.locale import CONSOLE, languages
from tests.browser.conftest import OpenConsole
from tests.browser.shop import CONSOLE_COOKIE, DemoShop
from tests.browser.test_first_run import OpenWindow
from tests.browser.visits import expect_fits

BROKEN_WORDS = """() => [...document.querySelectorAll(".inline-fields label")].filter((label) => {
  const words = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    for (const word of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (range.getClientRects().length > 1) return true;
    }
  }
  return false;
}).map((label) => label.textContent)"""
"""Returns the labels in which a word has two lines."""

NAVIGATION = """() => [...document.querySelectorAll(".console-nav a")].map((place) => {
  const label = [...place.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const range = document.createRange();
  range.selectNodeContents(label);
  return [place.textContent.trim(), range.getClientRects().length, place.getBoundingClientRect().right <= innerWidth];
})"""
"""Returns each place with the number of lines of its label, and whether it ends within the window."""


def test_each_label_of_the_navigation_stands_on_one_line_of_a_narrow_phone_in_every_language(
    open_console: OpenConsole, office: DemoShop
) -> None:
    page = open_console("/console/account")
    page.set_viewport_size({"width": 320, "height": 780})
    with office.app.app_context():
        translated = sorted(languages(CONSOLE))
    assert {"de", "ja", "pl"} < {*translated}
    for language in translated:
        page.goto(f"{office.origin}/console/account?locale={language}")
        places = page.evaluate(NAVIGATION)
        assert len(places) == 5
        assert all(lines == 1 and is_within for _label, lines, is_within in places), (language, places)
        expect_fits(page)


def test_no_word_in_a_label_of_the_form_is_broken_in_a_language_with_long_words(
    open_console: OpenConsole, office: DemoShop
) -> None:
    page = open_console("/console/links/new?locale=de")
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{office.origin}/console/links/new?locale=de")
    page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    assert page.get_by_text("Kartenabrechnungen").is_visible()
    assert page.evaluate(BROKEN_WORDS) == []
    expect_fits(page)


INNER_EDGES = """(element) => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  return [box.left + parseFloat(style.paddingLeft), box.right - parseFloat(style.paddingRight)].map(Math.round);
}"""


def left_and_right(page: Page, selector: str) -> list[int]:
    """Return where the text of the first element of a selector may begin and end, in pixels."""
    found: list[int] = page.locator(selector).first.evaluate(INNER_EDGES)
    return found


def test_the_page_of_an_invitation_stands_below_the_name_of_the_server(
    office: DemoShop, open_window: OpenWindow
) -> None:
    _invitation, secret = invite(
        office.store, office.organization.id, f"{office.now()}@example.com", "viewer", office.now(), actor=COMMAND_LINE
    )
    window = open_window(office.origin)
    window.may_keep = frozenset({CONSOLE_COOKIE})
    window.page.goto(f"{office.origin}/console/invitations/{secret}")
    assert left_and_right(window.page, "form.slip > div") == left_and_right(window.page, ".merchant")


def test_the_button_that_logs_out_ends_where_the_panels_end(open_console: OpenConsole) -> None:
    page = open_console("/console/account")
    assert left_and_right(page, ".console-title") == left_and_right(page, ".slip > *")


def test_the_bar_with_the_save_button_has_no_notches(open_console: OpenConsole) -> None:
    page = open_console("/console/links/new")
    bar = page.locator(".save-bar")
    assert [
        bar.evaluate("(e, part) => getComputedStyle(e, part).content", part) for part in ("::before", "::after")
    ] == [
        "none",
        "none",
    ]

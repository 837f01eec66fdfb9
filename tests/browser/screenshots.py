"""Take a picture of every page in every state, at three widths, light and dark, for people to look at.

`python -m tests.browser.screenshots FOLDER` takes all of them, `--readme` only the one that the README shows.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from app.objects.payment_link import PaymentLink
from app.resources import resource
from app.services.attempts import state_machine
from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.gallery import GALLERY
from tests.browser.gallery.stage import Stage
from tests.browser.merchant import log_in
from tests.browser.shop import DemoShop, shop_config
from tests.browser.sites import Site
from tests.browser.visits import SIZES
from tests.support.chromium import launch_arguments

WINDOWS = {"phone": SIZES["phone"], "tablet": {"width": 768, "height": 1024}, "desk": SIZES["desk"]}
"""The last window stays open, and shows every control that is pressed."""
SCHEMES = ("light", "dark")


class Camera:
    """Takes pictures of a page in every size and scheme."""

    def __init__(self, browser: Browser, shop: DemoShop, folder: Path) -> None:
        self.shop = shop
        self.folder = folder
        self.page: Page = browser.new_context(locale="en-GB").new_page()

    def take(self, name: str) -> None:
        """Take pictures of the page."""
        for size, viewport in WINDOWS.items():
            self.page.set_viewport_size(viewport)  # type: ignore[arg-type]  # width and height
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, of a loop
                self.page.screenshot(path=self.folder / f"{name}-{size}-{scheme}.png", full_page=True)
        print(name)  # noqa: T201

    def open(self, link: PaymentLink | str, path: str = "") -> Page:
        self.page.goto(self.shop.address(link, path))
        return self.page

    def checkout(self, link: PaymentLink | str) -> Page:
        """Open the checkout of a link without questions."""
        page = self.open(link)
        pay_button(page).click()
        expect_checkout(page)
        return page


def buyers_pages(camera: Camera) -> None:
    """Take every state of the gallery, each in a window of its own."""
    for name, state in GALLERY.items():
        usual, camera.page = camera.page, camera.page.context.new_page()
        state(Stage(camera.shop, camera.page))
        camera.take(name)
        camera.page.close()
        camera.page = usual


def demo_links(camera: Camera) -> None:
    """Take the first page of every link of the demo."""
    for slug in camera.shop.demo:
        camera.open(slug)
        camera.take(f"demo-{slug}")


def checkouts(camera: Camera) -> None:
    """Take the sandbox's checkout, its errors, and its results."""
    page = camera.checkout("wick-trimmer")
    camera.take("checkout")
    fill_card(page, "4000 0000 0000 0002")
    pay_button(page).click()
    page.get_by_role("alert").wait_for()
    camera.take("checkout-declined")
    fill_card(page, "4000 0025 0000 3155")
    pay_button(page).click()
    expect_heading(page, "Confirm with your bank")
    camera.take("checkout-bank")
    page.get_by_role("button", name="Complete the payment").click()
    expect_heading(page, "Thank you for your order")
    page.go_back()
    camera.take("checkout-over")
    camera.checkout("cotton-wicks")
    camera.take("checkout-everything")
    camera.page.goto(f"{camera.shop.origin}/sandbox/checkout/cs_unknown")
    camera.take("checkout-unknown")


def samples(camera: Camera) -> None:
    """Take the demo's invoice, opened by another name of this machine."""
    camera.page.goto(camera.shop.origin.replace("127.0.0.1", "localhost") + "/sandbox/invoice")
    camera.page.frame_locator("iframe").first.get_by_role("heading").first.wait_for()
    # The second frame is a lazy one.
    camera.page.get_by_role("heading", name="Come and see").scroll_into_view_if_needed()
    camera.page.frame_locator("iframe").nth(1).get_by_role("heading").first.wait_for()
    camera.page.wait_for_timeout(1000)
    camera.take("sample-invoice")


def console(camera: Camera) -> None:
    """Take the console, with the payments of the earlier pictures."""
    page, shop = camera.page, camera.shop
    shop.store.note_refused_origin(shop.demo["dipping"].id, "https://somewhere.example", shop.now())
    flagged = shop.attempts("wick-trimmer")[0]
    state_machine.add_flag(shop.store, flagged, "amount_mismatch", shop.now(), cause="evt_1")
    page.goto(f"{shop.origin}/console/")
    camera.take("console-login")
    page.get_by_label("E-mail address").fill(shop.console_user())
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()
    camera.take("console-login-refused")
    log_in(page, shop)
    camera.take("console-home")
    for name, path in {
        "links": "links",
        "share": f"links?share={shop.demo['dipping'].id}",
        "link": f"links/{shop.demo['spring-box'].id}",
        "link-off": f"links/{shop.demo['market-2025'].id}",
        "payments": "payments",
        "payment": f"payments/{flagged.id}",
        "link-new": "links/new",
        "link-edit": f"links/{shop.demo['spring-box'].id}/edit",
        "link-created": f"links/{shop.demo['spring-box'].id}/created",
        "links-none": "links?q=lavender",
        "slip": f"payments/{flagged.id}/slip",
        "products": "products",
        "product-new": "new_product",
        "coupons": "coupons",
        "coupon": f"coupons/{shop.coupon()}",
        **{place: f"settings/{place}" for place in ("business", "brand", "team", "stripe", "keys", "webhooks", "log")},
    }.items():
        page.goto(f"{shop.origin}/console/{path}")
        camera.take(f"console-{name}")
    page.goto(f"{shop.origin}/console/products")
    page.locator("main").get_by_role("link", name="Brass wick trimmer").click()
    expect_heading(page, "Brass wick trimmer")
    camera.take("console-product")
    page.goto(f"{shop.origin}/console/account")
    page.get_by_label("Current password").fill("wrong")
    page.get_by_label("New password").fill("new")
    page.get_by_role("button", name="Change password").click()
    camera.take("console-account")
    page.goto(f"{shop.origin}/console/links/none")
    camera.take("console-nothing")


PARTS: tuple[Callable[[Camera], None], ...] = (buyers_pages, demo_links, samples, checkouts, console)


README_PICTURE = resource("docs/pay-page.png")


def readme_picture(camera: Camera) -> None:
    """Take the picture of the README: one pay page, wide, in the light scheme."""
    page = camera.open("spring-box")
    page.set_viewport_size({"width": 1120, "height": 1020})
    page.emulate_media(color_scheme="light")
    page.screenshot(path=README_PICTURE, full_page=True)
    print(README_PICTURE)  # noqa: T201


@contextmanager
def opened_camera(folder: Path) -> Iterator[Camera]:
    """Serve the demo and open a browser on it."""
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        site = Site()
        shop = DemoShop(site, shop_config(Path(data), site.origin))
        shop.seed()
        browser = playwright.chromium.launch(**launch_arguments())
        yield Camera(browser, shop, folder)
        browser.close()
        site.close()
        shop.store.close()


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="where every picture is written")
    wanted.add_argument("--readme", action="store_true", help=f"only the picture of the README, {README_PICTURE.name}")
    arguments = parser.parse_args()
    if arguments.folder:
        arguments.folder.mkdir(parents=True, exist_ok=True)
    with opened_camera(arguments.folder or README_PICTURE.parent) as camera:
        for part in (readme_picture,) if arguments.readme else PARTS:
            part(camera)


if __name__ == "__main__":
    main()

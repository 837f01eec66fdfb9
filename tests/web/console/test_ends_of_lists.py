"""A page behind the last row of a list says so, and never that the list has no rows."""

from tests.web.console.conftest import Merchant
from tests.web.console.test_coupons import a_coupon_at_stripe


def test_a_page_behind_the_last_coupon_leads_back_to_the_list(ada: Merchant) -> None:
    last = a_coupon_at_stripe(ada)
    for show in ("", "&show=ended", "&q=spring"):
        page = ada.open(f"/console/coupons?starting_after={last}{show}")
        assert ("Nothing more was found." in page.text) == (show != "&show=ended")
        assert "No coupons yet" not in page.text
    page = ada.open(f"/console/coupons?starting_after={last}")
    assert "Spring" in ada.open(page.link("Newer")["href"]).text

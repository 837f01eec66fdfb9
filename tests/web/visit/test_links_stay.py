"""A link that was read once is shared by later requests. Nothing that they do changes it."""

import json

from app.objects.base import whole
from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from tests.support.build import a_line, a_link, a_price, adjustable
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop


def test_no_request_changes_a_link_in_memory(shop: WebShop) -> None:
    line = a_line(a_price(1250), adjustable_quantity=adjustable(1, 9))
    limit = {"completed_sessions": {"limit": 5, "count": 0}}
    link = shop.sell(a_link(line, metadata={"a": "1"}, restrictions=limit))
    kept = shop.store.link(link.id)
    assert kept is not None
    assert kept is shop.store.link_by_code("honey")
    before = json.dumps(whole(kept))
    page = shop.open()
    shop.client.post("/pay/honey/preview", data=page.values(), headers={**SAME_ORIGIN, "HX-Request": "true"})
    assert shop.client.post("/pay/honey", data=page.values(), headers=SAME_ORIGIN).status_code == 303
    for path in ("/pay/honey?locale=de", "/pay/honey/embed", "/pay/honey/card.png"):
        assert shop.client.get(path).status_code == 200
    assert shop.store.link(link.id) is kept
    _key, secret = keys.create_key(shop.store, "org_apiary", shop.clock(), actor=COMMAND_LINE)
    headers = {"Authorization": f"Bearer {secret}"}
    changes = {"metadata[a]": "", "metadata[b]": "2"}
    answer = shop.client.post(f"/v1/payment_links/{link.id}", data=changes, headers=headers)
    assert answer.get_json()["metadata"] == {"b": "2"}
    after = shop.store.link(link.id)
    assert after is not None
    assert after.metadata == {"b": "2"}
    assert json.dumps(whole(kept)) == before

"""Every state of a buyer's page by name: `GALLERY[name](stage)` brings the window of a stage to it.

Pictures and accessibility tests walk through it. Each state makes its own links, so that states do not disturb each other.
"""

from collections.abc import Callable
from typing import Final

from tests.browser.gallery import pay_pages, receipts, states, unusual
from tests.browser.gallery.stage import Stage

GALLERY: Final[dict[str, Callable[[Stage], None]]] = {
    state.__name__.replace("_", "-"): state
    for module in (pay_pages, states, receipts, unusual)
    for state in module.STATES
}

"""Firefox without a driver, through WebDriver BiDi, with the commands that these tests need."""

import base64
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

PREFERENCES: Final = {
    "app.update.auto": False,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_open_during_load": True,  # popups are blocked, as for buyers
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.cookie.cookieBehavior": 5,  # third-party cookies are partitioned, as for buyers
    # Names under .test are this machine. All other requests go to a proxy that does not exist.
    "network.dns.localDomains": "pay.test,checkout.test,merchant.test,unlisted.test",
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1,.test",
    "toolkit.telemetry.enabled": False,
}


class WebSocket:
    """A WebSocket client (RFC 6455) for text messages."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), timeout)
        self._received = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._received:
            self._receive_more()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        assert b" 101 " in head.splitlines()[0], head

    def send(self, text: str) -> None:
        data, mask = text.encode(), os.urandom(4)
        size = len(data)
        head = struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
        self._socket.sendall(head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data)))

    def receive(self) -> str:
        """Return the next message. After a TimeoutError, the next call continues with the same message."""
        message, place = b"", 0
        while True:
            self._require(place + 2)
            first, size = self._received[place], self._received[place + 1] & 0x7F
            place += 2
            if size > 125:
                width = 2 if size == 126 else 8
                self._require(place + width)
                size = int.from_bytes(self._received[place : place + width], "big")
                place += width
            self._require(place + size)
            data = self._received[place : place + size]
            place += size
            if first & 0x0F == 9:
                continue
            assert first & 0x0F in (0, 1), "the browser has closed the connection"
            message += data
            if first & 0x80:
                self._received = self._received[place:]
                return message.decode()

    def close(self) -> None:
        self._socket.close()

    def _require(self, size: int) -> None:
        while len(self._received) < size:
            self._receive_more()

    def _receive_more(self) -> None:
        data = self._socket.recv(65536)
        assert data, "the browser has closed the connection"
        self._received += data


class Firefox:
    """One Firefox with its own profile."""

    PATIENCE: Final = 30.0
    """How long one command may take, in seconds."""

    @staticmethod
    def missing() -> str | None:
        """Return why the browser cannot run here, or None."""
        return None if shutil.which("firefox-esr") or shutil.which("firefox") else "Firefox is not installed"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._starts = 0
        self._number = 0
        folder.mkdir()
        self._start()

    def close(self) -> None:
        """Stop the browser."""
        if hasattr(self, "_socket"):
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(15)
        self._said.close()

    def open(self, url: str) -> None:
        """Open a page. A browser that does not show it is asked again, and then replaced, because it may hang on a busy machine."""
        for attempt in range(3):
            if attempt == 2:
                self.close()
                self._start()
            with suppress(OSError, AssertionError):
                self.evaluate("window.isLeft = true")
                self._call("browsingContext.navigate", context=self._top, url=url, wait="none")
                if self._shows_page():
                    return
        raise AssertionError(f"Firefox did not show {url}")

    def _start(self) -> None:
        self._starts += 1
        profile = self._folder / str(self._starts)
        profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        program = shutil.which("firefox-esr") or shutil.which("firefox") or ""
        command = [
            program,
            "--headless",
            "--no-remote",
            "--profile",
            str(profile),
            "--remote-debugging-port=0",
            "about:blank",
        ]
        environment = {**os.environ, "HOME": str(profile), "MOZ_DISABLE_CONTENT_SANDBOX": "1"}
        self._said = (profile / "said.txt").open("w+")
        self._process = subprocess.Popen(command, stdout=self._said, stderr=self._said, env=environment)
        try:
            self._socket = WebSocket(f"{self._address(profile)}/session", self.PATIENCE)
            self._call("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
            self._top = self._call("browsingContext.getTree")["contexts"][0]["context"]
        except BaseException:
            self.close()
            raise

    def _shows_page(self) -> bool:
        """Wait for another page than the one that was left. Return False for an error page of the browser, and when it takes too long."""
        deadline = time.monotonic() + self.PATIENCE
        while time.monotonic() < deadline:
            # There is no page to ask for a moment while one replaces another.
            with suppress(AssertionError):
                if self.evaluate("!window.isLeft && document.readyState === 'complete'"):
                    return not self.evaluate("document.documentURI.startsWith('about:')")
            time.sleep(0.1)
        return False

    def evaluate(self, expression: str, *, frame: bool = False) -> Any:
        """Return the value of an expression: text, number, boolean or None."""
        result = self._evaluate(expression, frame=frame)
        return result.get("value")

    def click(self, expression: str, *, frame: bool = False) -> None:
        """Click the element that the expression returns, with a real mouse event."""
        context = self._context(frame=frame)
        element = self._evaluate(f"(e => (e.scrollIntoView({{block: 'center'}}), e))({expression})", frame=frame)
        origin = {"type": "element", "element": {"sharedId": element["sharedId"]}}
        actions = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._call(
            "input.performActions", context=context, actions=[{"type": "pointer", "id": "m", "actions": actions}]
        )

    def _context(self, *, frame: bool) -> str:
        if not frame:
            return str(self._top)
        children = self._call("browsingContext.getTree", root=self._top)["contexts"][0]["children"]
        assert children, "no frame yet"
        return str(children[0]["context"])

    def _evaluate(self, expression: str, *, frame: bool) -> dict[str, Any]:
        target = {"context": self._context(frame=frame)}
        answer = self._call("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        result: dict[str, Any] = answer["result"]
        return result

    def _call(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.receive())
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def _address(self, folder: Path) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            if found := re.search(r"listening on (ws://\S+)", (folder / "said.txt").read_text()):
                return found[1]
            time.sleep(0.1)
        raise AssertionError(f"Firefox did not start: {(folder / 'said.txt').read_text()[-500:]}")

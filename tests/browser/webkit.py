"""WebKitGTK through its own driver, with the WebDriver commands that these tests need."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"


def mini_browser() -> str | None:
    """Return the path of WebKitGTK's test browser, or None."""
    return next((str(path) for path in Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")), None)


class Names:
    """A proxy on loopback that sends names under `.test` to this machine and refuses everything else."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, suppress(OSError, ValueError, IndexError):
            head = b""
            while b"\r\n\r\n" not in head and (data := near.recv(4096)):
                head += data
            method, target = head.decode().split()[:2]
            host, _, port = target.rpartition(":")
            if method != "CONNECT" or not host.endswith(".test"):
                near.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", int(port))) as far:
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                there = threading.Thread(target=self._pump, args=(near, far), daemon=True)
                there.start()
                self._pump(far, near)
                there.join()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class WebKit:
    """One MiniBrowser on its own screen."""

    @staticmethod
    def missing() -> str | None:
        """Return why the browser cannot run here, or None."""
        lacking = [name for name in ("WebKitWebDriver", "xvfb-run") if not shutil.which(name)]
        lacking += [] if mini_browser() else ["MiniBrowser"]
        return f"{', '.join(lacking)} is not installed" if lacking else None

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._names = Names()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self._base = f"http://127.0.0.1:{port}"
        self._session = ""
        environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        # The window holds whole pages, because the driver misses elements at the edge of the window.
        screen = ["xvfb-run", "-a", "--server-args=-screen 0 1300x2000x24"]
        command = [*screen, "WebKitWebDriver", f"--port={port}", "--host=127.0.0.1"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
        )
        try:
            self._session = self._begin()
            self._call("POST", "/window/rect", x=0, y=0, width=1280, height=1950)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the browser, its driver and its screen."""
        if self._session:
            with suppress(OSError, AssertionError):
                self._call("DELETE", "")
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, 15)
        self._process.wait(15)
        self._names.close()

    def open(self, url: str) -> None:
        self._call("POST", "/url", url=url)

    def evaluate(self, expression: str, *, frame: bool = False) -> Any:
        """Return the value of an expression."""
        self._enter(frame=frame)
        return self._call("POST", "/execute/sync", script=f"return {expression}", args=[])

    def click(self, expression: str, *, frame: bool = False) -> None:
        """Click the element that the expression returns, with a real mouse event."""
        element = self.evaluate(expression, frame=frame)[ELEMENT]
        self._call("POST", f"/element/{element}/click")

    def _enter(self, *, frame: bool) -> None:
        self._call("POST", "/frame", id=None)
        if frame:
            self._call("POST", "/frame", id=0)

    def _begin(self) -> str:
        options = {"binary": mini_browser(), "args": ["--automation", f"--proxy=http://127.0.0.1:{self._names.port}"]}
        wanted = {"acceptInsecureCerts": True, "webkitgtk:browserOptions": options}
        deadline = time.monotonic() + 90
        while True:
            try:
                answer = self._request("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
                return str(answer["sessionId"])
            except (OSError, AssertionError):
                # The driver has not started yet, or creating a session timed out, which happens occasionally.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    def _call(self, method: str, path: str, **params: Any) -> Any:
        return self._request(method, f"/session/{self._session}{path}", params)

    def _request(self, method: str, path: str, params: dict[str, Any]) -> Any:
        data = json.dumps(params).encode() if method == "POST" else None
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from None

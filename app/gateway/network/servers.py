"""The connections to each server: direct, or through the proxy that the environment names for it."""

from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import stripe
from requests.utils import get_auth_from_url, get_environ_proxies, prepend_scheme_if_needed, select_proxy
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, PoolManager, ProxyManager
from urllib3.util import make_headers

from app.gateway.network.sockets import Resolve, pool_classes


class Servers:
    """The connections to each server. Threads share it.

    The environment is read once for each server, as `requests` reads it: reading it takes as long as a third of a call. A server without
    a proxy has one pool of connections, so no pool manager has to find it for each call.
    """

    def __init__(self, resolve: Resolve, connections: int) -> None:
        self._pool_classes = pool_classes(resolve)
        self._connections = connections
        self._lock = Lock()
        self._managers: dict[tuple[str, str], PoolManager] = {}
        self._pools: dict[tuple[str, str], HTTPConnectionPool] = {}

    def send(self, method: str, url: str, **options: Any) -> BaseHTTPResponse:
        """Send a request as `PoolManager.urlopen` does, and follow no redirect.

        Raises its errors, and `ValueError` if the environment's proxy has a scheme that urllib3 does not know.
        """
        parts = urlsplit(url)
        server = parts.scheme, parts.netloc
        with self._lock:
            manager = self._managers.get(server)
            if manager is None:
                manager = self._managers[server] = self._make(f"{parts.scheme}://{parts.netloc}/")
                if manager.proxy is None:
                    self._pools[server] = manager.connection_from_url(url)
            pool = self._pools.get(server)
        if pool is None:
            return manager.urlopen(method, url, redirect=False, **options)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return pool.urlopen(method, target, redirect=False, assert_same_host=False, **options)

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            for manager in self._managers.values():
                manager.clear()
            self._managers.clear()
            self._pools.clear()

    def _make(self, server: str) -> PoolManager:
        options: dict[str, Any] = {
            "ca_certs": stripe.ca_bundle_path,
            "cert_reqs": "CERT_REQUIRED",
            "maxsize": self._connections,
        }
        proxy = select_proxy(server, get_environ_proxies(server))
        manager = PoolManager(**options) if proxy is None else _proxy_manager(proxy, options)
        manager.pool_classes_by_scheme = self._pool_classes
        return manager


def _proxy_manager(proxy: str, options: dict[str, Any]) -> ProxyManager:
    """Return the pool manager for a proxy, whose address may contain a name and a password."""
    address = prepend_scheme_if_needed(proxy, "http")
    name, password = get_auth_from_url(address)
    headers = make_headers(proxy_basic_auth=f"{name}:{password}") if name else None
    return ProxyManager(address, proxy_headers=headers, **options)

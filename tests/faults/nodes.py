"""Runs nodes as in production: several `counterfoil serve` on one database, with nginx in front."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.processes import clean_environment, free_port, log_of, python, running, wait_until_it_listens

CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
# Not "error": there nginx quotes whole addresses, and those below /complete/ and /cancel/ hold secrets.
error_log {log} crit;
{user}
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream counterfoil {{
        {servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://counterfoil;
            proxy_connect_timeout 1s;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
        }}
    }}
}}
"""


def nginx() -> str:
    """Return the path of nginx, which `make test` installs."""
    candidates = [os.environ.get("NGINX", ""), "nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"]
    found = next((path for name in candidates if name and (path := shutil.which(name))), None)
    assert found is not None, (
        "nginx is needed for this test: run tests/support/ensure_nginx.sh, or set NGINX to its path"
    )
    return found


@contextmanager
def a_node(port: int, settings: Mapping[str, str], workers: int = 2) -> Iterator["subprocess.Popen[str]"]:
    """Run `counterfoil serve` on a port."""
    environment = clean_environment(**settings)
    arguments = python("app", "serve", "--port", str(port), "--workers", str(workers))
    with running("node", arguments, environment) as process:
        wait_until_it_listens(port, process)
        yield process


@contextmanager
def in_front_of(ports: Sequence[int], folder: Path) -> Iterator[str]:
    """Run nginx in front of these nodes, and yield its address."""
    port = free_port()
    configuration = CONFIGURATION.format(
        folder=folder,
        log=log_of("nginx-errors"),
        port=port,
        servers=" ".join(f"server 127.0.0.1:{node} max_fails=1 fail_timeout=2s;" for node in ports),
        user="user root;" if os.geteuid() == 0 else "",
    )
    file = folder / "nginx.conf"
    file.write_text(configuration)
    with running("nginx", [nginx(), "-c", str(file), "-p", str(folder)], clean_environment()) as process:
        wait_until_it_listens(port, process)
        yield f"http://127.0.0.1:{port}"

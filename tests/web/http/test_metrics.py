"""The metrics for Prometheus: requests, state changes of attempts and outcomes of events, but no ids."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app.application import assemble
from app.config import read_config
from app.resources import SOURCE_TREE
from tests.support.build import a_link, an_organization
from tests.support.migrated import migrated_database
from tests.support.shop import ApplicationShop

TOKEN = "a token of more than thirty characters"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    environment = {
        "DATABASE_URL": migrated_database(tmp_path / "metrics.db"),
        "PUBLIC_URL": "http://localhost",
        "METRICS_TOKEN": TOKEN,
        "RATE_LIMIT_LOGIN": "5/minute",
    }
    shop = ApplicationShop(assemble(read_config(environment, data=tmp_path)))
    shop.store.add_organization(an_organization())
    shop.store.add_link(a_link())
    yield shop.app.test_client()
    shop.close()


def samples(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(client: FlaskClient, name: str, **labels: str) -> float:
    return samples(client).get((name, frozenset(labels.items())), 0)


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    for path in ("/pay/honey", "/pay/honey", "/pay/unknown", "/nowhere", "/nowhere-else"):
        client.get(path)
    assert value(client, "counterfoil_requests_total", route="/pay/<code>", status="200") == 2
    assert value(client, "counterfoil_requests_total", route="/pay/<code>", status="404") == 1
    assert value(client, "counterfoil_requests_total", route="none", status="404") == 2
    assert value(client, "counterfoil_request_seconds_count", route="/pay/<code>") == 3


def test_attempts_are_counted_by_state_and_events_by_outcome(client: FlaskClient) -> None:
    assert value(client, "counterfoil_attempt_transitions_total", **{"from": "new", "to": "opened"}) == 0
    answer = client.post("/webhooks/stripe", data=b"{}")
    assert answer.status_code == 400
    assert not any(name == "counterfoil_events_total" for name, _ in samples(client))


def test_no_label_names_a_link(client: FlaskClient) -> None:
    client.get("/pay/honey")
    text = client.get("/metrics", headers=BEARER).text
    assert "honey" not in text
    assert "plink" not in text


@pytest.mark.parametrize(
    "sent", [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer é"]
)
def test_without_the_token_metrics_are_refused(client: FlaskClient, sent: str | None) -> None:
    answer = client.get("/metrics", headers={} if sent is None else {"Authorization": sent})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "counterfoil_requests" not in answer.text


def test_metrics_need_the_token_behind_a_proxy_too(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={**BEARER, "X-Forwarded-For": "192.0.2.1"}).status_code == 200


def test_wrong_tokens_for_metrics_are_rate_limited(client: FlaskClient) -> None:
    answers = [client.get("/metrics", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(6)]
    assert answers == [401] * 5 + [429]
    assert client.get("/metrics", headers=BEARER).status_code == 200


def test_without_metrics_token_the_address_is_not_found(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/metrics.db", "PUBLIC_URL": "http://localhost"}
    without = ApplicationShop(assemble(read_config(environment, data=tmp_path))).app.test_client()
    for headers in ({}, BEARER, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        assert without.get("/metrics", headers=headers).status_code == 404


@pytest.mark.external
def test_without_prometheus_client_there_are_no_metrics(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "from app.application import assemble\n"
        "app = assemble()\n"
        "print(app.test_client().get('/metrics').status_code, app.test_client().get('/healthz').status_code)"
    )
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/without.db", "SECRET_KEY": "s", "STRIPE_WEBHOOK_SECRET": "s"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=SOURCE_TREE, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["404", "200"]


@pytest.mark.external
def test_processes_that_share_a_folder_report_common_counts(tmp_path: Path) -> None:
    program = (
        "import sys; from app.application import assemble\n"
        "client = assemble().test_client()\n"
        "client.get('/healthz')\n"
        f"sys.stdout.write(client.get('/metrics', headers={BEARER}).text)"
    )
    shared = tmp_path / "shared"
    shared.mkdir()
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/counterfoil.db", "SECRET_KEY": "s", "STRIPE_WEBHOOK_SECRET": "s",
        "PROMETHEUS_MULTIPROC_DIR": str(shared), "METRICS_TOKEN": TOKEN,
    }  # fmt: skip
    migrated = [sys.executable, "-m", "app", "init"]
    subprocess.run(migrated, cwd=SOURCE_TREE, env=environment, capture_output=True, check=True)
    for answered in (1, 2):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=SOURCE_TREE,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert f'counterfoil_requests_total{{route="/healthz",status="200"}} {answered}.0' in done.stdout

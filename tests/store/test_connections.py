"""The last check of the connection to Stripe, and the newest import, on each engine."""

import threading

from app.objects.change import COMMAND_LINE
from app.objects.connection import ConnectionCheck, Right
from app.objects.import_run import ImportRun, LinkReport
from app.store import Store
from tests.support.build import NOW, an_organization


def a_run(id: str = "imp_1", organization: str = "org_apiary", **changes: object) -> ImportRun:
    told = {"id": id, "actor": COMMAND_LINE, "created": NOW, "organization": organization, "updated": NOW}
    return ImportRun.model_validate(told | changes)


def test_the_last_check_replaces_the_one_before(store: Store) -> None:
    assert store.connection_check("org_apiary") is None
    for number in (1, 2):
        right = Right(resource="refunds", access="write", allowed=False, missing="rak_charge_write")
        check = ConnectionCheck(organization="org_apiary", checked_at=NOW + number, livemode=False, rights=(right,))
        store.save_connection_check(check)
        assert store.connection_check("org_apiary") == check


def test_one_import_of_an_organization_runs_at_a_time(store: Store) -> None:
    store.add_organization(an_organization("org_bakery"))
    assert store.add_import_run(a_run(), NOW)
    assert not store.add_import_run(a_run("imp_2"), NOW), "the first one shows progress"
    assert store.add_import_run(a_run("imp_3", "org_bakery"), NOW), "another organization has its own"
    assert store.add_import_run(a_run("imp_4"), NOW + 1), "the first one has shown no progress since"
    assert not store.save_import_run(a_run(done=5)), "it was replaced"
    ended = a_run("imp_4", state="ended", left_out=(LinkReport(id="plink_1", reason="Gone."),))
    assert store.save_import_run(ended)
    assert store.import_run("org_apiary") == ended
    assert [run.id for run in store.running_imports()] == ["imp_3"]
    assert store.add_import_run(a_run("imp_5"), NOW)


def test_of_many_requests_at_once_one_starts_an_import(store: Store) -> None:
    started: list[str] = []
    ready = threading.Barrier(6)

    def start(id: str) -> None:
        ready.wait()
        if store.add_import_run(a_run(id), NOW):
            started.append(id)

    threads = [threading.Thread(target=start, args=(f"imp_{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.import_run("org_apiary")
    assert found is not None
    assert started == [found.id]

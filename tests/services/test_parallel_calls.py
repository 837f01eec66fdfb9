"""Calls in parallel: what is under way when a run is told to stop is waited for."""

from threading import Event

from app.services.reconcile.parallel_calls import ParallelCalls


def test_what_is_under_way_is_waited_for_when_a_run_is_told_to_stop() -> None:
    under_way, returned = Event(), Event()
    asked: list[bool] = []
    done: list[str] = []

    def goes_on() -> bool:
        asked.append(len(asked) == 1)
        return asked[-1] or not under_way.wait(10)

    def work(item: str) -> None:
        under_way.set()
        returned.wait(0.2)
        done.append(item)

    with ParallelCalls(goes_on, 2) as calls:
        assert not calls.each(["first", "second"], work)
        returned.set()
        assert len(done) == 1

"""gunicorn's parser, which can also read a request without taking it."""

from gunicorn.http import Request, RequestParser


class LookingParser(RequestParser):  # type: ignore[misc]  # gunicorn has no types
    """A parser of complete requests. What `look` has read is what `next` returns, so no request is read twice."""

    _looked_at: Request | None = None
    _problem: Exception | None = None

    def look(self) -> Request | None:
        """Return the next request, or None where `next` will raise."""
        try:
            self._looked_at = super().__next__()
        except Exception as problem:  # `next` raises it again
            self._problem = problem
        return self._looked_at

    def take(self) -> Request | None:
        """Return the request that was read and not taken yet. Raises what reading it has raised."""
        request, problem = self._looked_at, self._problem
        self._looked_at = self._problem = None
        if problem is not None:
            raise problem
        return request

    def forget(self) -> None:
        """Forget the last request, which had no body, so that nothing of it is looked for before the next one."""
        self.mesg = None

    def __next__(self) -> Request:
        return self.take() or super().__next__()

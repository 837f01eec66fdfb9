"""Pages of links, and files that never change, that are made once and answered many times, before Flask is entered.

The rule for pages (`immutable.py` has that for files):

- A page is kept by what its address and its reader's language make of it: see `keys.py`. It holds nothing of a buyer. Addresses with
  values of a buyer (an e-mail address, a reference, a promotion code) are never kept, nor are pages that show an attempt or a payment.
- Each request asks the database, in one statement, for the state that the page depends on (`PageState`). A page is answered only
  where the state is the one that it was made in. So the next request sees a change, in every process and on every machine.
- A page is made between two such statements, and kept only where both say the same.
- Whatever a page says about time changes at a time that its link names, or at the beginning of a day. A page is kept until the next
  time that its link names, and at most to the end of a quarter of an hour: in every time zone, days begin with one.
- What differs from visitor to visitor, the form token and its name, is a hole in the page. It is filled for each answer.
- Pages are compressed when they are made, in gzip and in brotli. A hole is a stored block of the compressed body, so no text can be
  guessed from its length.
- A preview for htmx is kept in the same way (`previews.py`), also by the choices that were sent: quantities, amounts, options and boxes.
  What a buyer typed in words or digits is never kept. Each such text is a hole, and the rules of the form, which are made once for a
  version of a link, read it for each answer. A form with an error, an e-mail address or a promotion code is answered by Flask.
- Pages that are made for one visitor and never kept are compressed for each answer: see `unkept.py`.
- Requests that find no fresh page wait for the first of them to make it. The pages of a process use a limited number of bytes.
- The main loop of a worker answers with a kept page without a thread (`AT_ONCE` in `layer.py`). It must not wait, so it asks the
  database only where that is a file, by a connection that raises an error instead of waiting for a lock. Otherwise a thread answers.
- A worker that starts makes the pages of busy links before visitors ask for them, in quiet moments: see `app/serving/warming.py`.
"""

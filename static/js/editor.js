// The editor's preview. htmx posts the form after each change and answers with the pay page as text; this shows it in the frame.

(function () {
  "use strict";

  const form = document.querySelector("form.editor");
  const frame = form && form.querySelector("iframe[name=preview]");
  if (!frame) return;

  function showPage() {
    const text = document.getElementById("page-html").value;
    const shown = frame.contentDocument;
    if (!text || !shown || !shown.body) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const top = shown.scrollingElement ? shown.scrollingElement.scrollTop : 0;
    shown.documentElement.lang = page.documentElement.lang;
    shown.documentElement.dir = page.documentElement.dir;
    shown.body.className = page.body.className;
    shown.body.replaceChildren(...Array.from(page.body.children).map((part) => shown.importNode(part, true)));
    if (shown.scrollingElement) shown.scrollingElement.scrollTop = top;
  }

  document.addEventListener("htmx:after:swap", showPage);
  frame.addEventListener("load", showPage);

  // The browser may have restored entries that the frame does not know.
  form.dispatchEvent(new CustomEvent("preview"));
})();

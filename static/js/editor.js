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

  // The frame shows a form that was just opened. It does not know entries of an earlier answer, nor those that the browser restored.
  // htmx begins to listen after this script has run.
  const [visit] = performance.getEntriesByType("navigation");
  if (form.hasAttribute("data-filled") || visit?.type !== "navigate") {
    form.addEventListener("htmx:after:init", function (event) {
      if (event.target === form) form.dispatchEvent(new CustomEvent("preview"));
    });
  }
})();

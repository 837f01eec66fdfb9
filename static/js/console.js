// Small improvements that the console works without: menus close, "/" leads to the search, and a list that cannot be read says so.

(function () {
  "use strict";

  const MENU = "details.menu[open]";

  function closeMenu(menu) {
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll(MENU)) closeMenu(menu);
      return;
    }
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const search = document.querySelector("main [type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  });

  document.addEventListener("click", function (event) {
    for (const menu of document.querySelectorAll(MENU)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // A request of htmx that fails leaves the page as it is. The template `no-answer` says so.
  function showFailed() {
    const template = document.getElementById("no-answer");
    if (!template || document.querySelector("[data-no-answer]")) return;
    document.getElementById("main").prepend(template.content.cloneNode(true));
  }

  document.addEventListener("htmx:after:request", function (event) {
    const failed = event.detail.ctx.response.status >= 400;
    if (failed && !event.detail.ctx.sourceElement.closest("[data-shows-errors]")) {
      event.preventDefault();
      showFailed();
    }
  });

  document.addEventListener("htmx:error", showFailed);

  document.addEventListener("htmx:before:request", function () {
    const shown = document.querySelector("[data-no-answer]");
    if (shown) shown.remove();
  });
})();

// Small improvements that the console works without: menus close, "/" leads to the search, Enter in it saves no form, a list that cannot be read says so,
// one box ticks all, a search keeps the focus and the ticks of its list, and the way back to a list leads to the same search.

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
    // In a search inside a form, the Enter key would press the button of the form.
    if (event.key === "Enter" && event.target.matches("form[method=post] [type=search]")) event.preventDefault();
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
      // A link that downloads leaves the page as it is.
      else if (event.target.closest("a")) closeMenu(menu);
    }
  });

  // One box ticks all others of its form, and shows whether all, some or none of them are ticked.
  document.addEventListener("change", function (event) {
    const form = event.target.form;
    const all = form && form.querySelector("[data-tick-all]");
    if (!all) return;
    const boxes = Array.from(form.querySelectorAll("tbody [type=checkbox]"));
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  });

  // The answer of a search replaces a list. What has the focus in it keeps the focus, if the new list has it too.
  let focused = null;

  function selectorOf(element) {
    for (const name of ["href", "value"]) {
      const value = element.getAttribute(name);
      if (value) return `${element.localName}[${name}="${CSS.escape(value)}"]`;
    }
    return null;
  }

  function replaces(task) {
    return task.target instanceof Element && task.target.contains(document.activeElement);
  }

  document.addEventListener("htmx:before:swap", function (event) {
    focused = event.detail.tasks.some(replaces) ? selectorOf(document.activeElement) : null;
  });

  document.addEventListener("htmx:after:swap", function () {
    const same = document.activeElement === document.body && focused && document.querySelector(`main ${focused}`);
    focused = null;
    if (same) same.focus();
  });

  // The boxes of a list have changed since the request: the ticks of now count.
  document.addEventListener("htmx:before:swap", function (event) {
    const task = event.detail.tasks.find((one) => one.target instanceof Element && one.target.matches("[data-keeps-ticks]"));
    if (!task) return;
    const kept = [];
    for (const box of task.target.querySelectorAll("[type=checkbox]")) {
      const same = task.fragment.querySelector(`[type=checkbox][value="${CSS.escape(box.value)}"]`);
      if (same) same.checked = box.checked;
      else if (box.checked) kept.push(box.closest("label"));
    }
    task.fragment.prepend(...kept);
  });

  // The link above a page leads one level up: to the list as it was last seen, with its search and filters.
  // A search belongs to the user, the organization and the mode it was made in. Their pages alone keep it.
  const LIST = "counterfoil-list:";
  const nav = document.querySelector(".console-nav");
  const own = LIST + (nav ? nav.dataset.listsOf + ":" : "");

  function leadBack() {
    const back = document.querySelector(".back a");
    const seen = back && sessionStorage.getItem(own + back.pathname);
    if (seen && !back.search) back.search = seen;
  }

  function keepSearch() {
    if (nav && document.querySelector("main [role=search]")) sessionStorage.setItem(own + location.pathname, location.search);
  }

  function forgetOtherSearches() {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(LIST) && !(nav && key.startsWith(own))) sessionStorage.removeItem(key);
    }
  }

  try {
    forgetOtherSearches();
    leadBack();
    window.addEventListener("pagehide", keepSearch);
  } catch {
    // The browser allows no storage here. The link leads to the whole list.
  }

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

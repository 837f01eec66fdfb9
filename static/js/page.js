// Small improvements that the pages work without: missing answers are reported before the page is left, quantities have buttons,
// the pay button shows that it is sending and works again after the browser's Back, and a total that is not up to date says so.

(function () {
  "use strict";

  const LIVE_FORM = "form:is([data-hx-get], [data-hx-post])";

  let sending = false;
  let checked = false;

  function enable(button) {
    if (!button || !button.dataset.label) return;
    button.textContent = button.dataset.label;
    button.style.removeProperty("inline-size");
    button.removeAttribute("aria-busy");
    delete button.dataset.label;
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter;
    if (!button || button.id !== "pay") return;
    if (sending) {
      event.preventDefault();
      return;
    }
    // Look for missing answers before the page is left. A second press in a row is sent, and the server decides.
    const check = form.querySelector("#check");
    if (check && window.htmx && !checked && !form.checkValidity()) {
      event.preventDefault();
      checked = true;
      check.click();
      return;
    }
    sending = true;
    keepForm(form);
    if (previews) showPending();
    // The button keeps its width and is not disabled. A second press is ignored.
    button.style.inlineSize = button.offsetWidth + "px";
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.sending;
    button.setAttribute("aria-busy", "true");
    // Some frames silently refuse to be left. The link under the button works there.
    if (window.parent !== window) setTimeout(ready, 10000);
  });

  document.addEventListener("input", function () {
    checked = false;
  });

  function ready() {
    sending = false;
    checked = false;
    enable(document.getElementById("pay"));
  }

  // The buyer may have come back from Checkout, with or without the back/forward cache. With it, a preview may have been cut off. Without it,
  // the browser restores the entries but not what was answered to them. Entries can also be older than the listeners of htmx.
  window.addEventListener("pageshow", function (event) {
    ready();
    for (const form of document.querySelectorAll(LIVE_FORM)) {
      if (event.persisted) announce(form.querySelector(".hand-off-total[aria-busy]"));
      else announceChange(form);
    }
  });

  document.addEventListener("htmx:after:init", function (event) {
    if (event.target.matches(LIVE_FORM)) announceChange(event.target);
  });

  function announceChange(form) {
    announce(Array.from(form.elements).find(isChanged));
  }

  function announce(element) {
    if (element) for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true }));
  }

  function isChanged(control) {
    if (["checkbox", "radio"].includes(control.type)) return control.checked !== control.defaultChecked;
    if (control.tagName === "SELECT") {
      const sent = Array.from(control.options).findIndex((option) => option.defaultSelected);
      return control.selectedIndex !== Math.max(sent, 0);
    }
    return ["INPUT", "TEXTAREA"].includes(control.tagName) && control.value !== control.defaultValue;
  }

  // A late answer would reset the button while the page is being left.
  document.addEventListener("htmx:before:swap", function (event) {
    if (sending) event.preventDefault();
  });

  // While the form is filled in, a preview must not remove the messages above the fields.
  let messages = null;

  document.addEventListener("htmx:before:swap", function () {
    const shown = document.getElementById("messages");
    messages = shown && !checked ? shown.cloneNode(true) : null;
  });

  function restoreMessages() {
    const shown = document.getElementById("messages");
    if (!messages || (shown && shown.querySelector(".notice"))) return;
    // Screen readers have read them before.
    for (const message of messages.querySelectorAll("[role]")) message.setAttribute("role", "group");
    for (const link of messages.querySelectorAll(".error-summary a")) {
      const field = document.getElementById(link.getAttribute("href").slice(1));
      link.toggleAttribute("data-corrected", Boolean(field) && !field.hasAttribute("aria-invalid"));
    }
    const heading = document.querySelector("#payment-title, .title-block");
    if (shown) shown.replaceWith(messages);
    else if (heading) heading.after(messages);
    else {
      // A page without questions has this section for its messages only.
      const section = document.createElement("section");
      section.className = "payment";
      section.append(messages);
      document.querySelector(".till").prepend(section);
    }
  }

  document.addEventListener("htmx:after:swap", function () {
    for (const fold of document.querySelectorAll("details:has([aria-invalid])")) fold.open = true;
    restoreMessages();
    markBounds();
    // Screen readers announce the errors of a preview. Only a press of the button moves the focus.
    if (checked) focusErrors();
    showHolderButtons();
  });

  // The total is marked while a preview takes longer than people notice, and when it failed. The page then keeps its form, whatever was
  // answered: the next page shows the total that the server works out.
  const NOTICED = 400;
  let previews = 0;
  let pendingTimer;

  function isPreview(event) {
    return Boolean(event.detail.ctx.sourceElement.closest("form.checkout"));
  }

  document.addEventListener("htmx:before:request", function (event) {
    if (!isPreview(event)) return;
    previews += 1;
    clearTimeout(pendingTimer);
    pendingTimer = setTimeout(showPending, NOTICED);
  });

  document.addEventListener("htmx:after:request", function (event) {
    if (!isPreview(event)) return;
    const status = event.detail.ctx.response.status;
    const text = event.detail.ctx.text;
    const isForm = text.includes('id="pay"');
    const isState = text.includes("data-state=") && status < 500 && status !== 429;
    if (isForm || isState) return;
    event.preventDefault();
    showFailed();
  });

  document.addEventListener("htmx:error", function (event) {
    if (event.detail.ctx && isPreview(event)) showFailed();
  });

  document.addEventListener("htmx:finally:request", function (event) {
    if (!isPreview(event)) return;
    previews -= 1;
    if (!previews) clearTimeout(pendingTimer);
  });

  function totals() {
    return document.querySelectorAll(".hand-off-total, .checkout .totals");
  }

  function showPending() {
    totals().forEach(function (total) {
      total.removeAttribute("data-stale");
      total.setAttribute("aria-busy", "true");
    });
    fillNote("total-updating");
  }

  function showFailed() {
    // Leaving the page ends its requests.
    if (sending) return;
    clearTimeout(pendingTimer);
    totals().forEach(function (total) {
      total.removeAttribute("aria-busy");
      total.setAttribute("data-stale", "");
    });
    document.querySelectorAll("[data-stale-text]").forEach(function (element) {
      element.textContent = element.dataset.staleText;
    });
    fillNote("total-failed");
  }

  function fillNote(id) {
    const note = document.getElementById("total-note");
    const template = document.getElementById(id);
    if (!note || !template) return;
    const focused = note.contains(document.activeElement);
    note.replaceChildren(template.content.cloneNode(true));
    // The button that had the focus is gone.
    if (focused) note.focus();
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-update-total]");
    if (button) button.closest("form").dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The token of a sent form lets this browser continue its payment, as long as the payment holds a place of its link.
  const FORMS = { prefix: "counterfoil.form.", days: 1 };
  // The address of a receipt lets the browser that paid find it again on the page of a link that is already paid.
  const RECEIPTS = { prefix: "counterfoil.receipt.", days: 90 };

  function keep(kind, name, value) {
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.startsWith(kind.prefix) && isOld(kind, localStorage.getItem(key))) localStorage.removeItem(key);
      });
      localStorage.setItem(kind.prefix + name, Date.now() + " " + value);
    } catch {
      // The browser allows no storage here. Every page works without it.
    }
  }

  function kept(kind, name) {
    try {
      const text = localStorage.getItem(kind.prefix + name) || "";
      return isOld(kind, text) ? "" : text.split(" ")[1];
    } catch {
      return "";
    }
  }

  function isOld(kind, text) {
    return !(Date.now() - Number(text.split(" ")[0]) < kind.days * 24 * 3600 * 1000);
  }

  function keepForm(form) {
    if (form.dataset.form) keep(FORMS, form.dataset.form, form.elements.csrf_token.value);
  }

  function keepReceipt() {
    const receipt = document.querySelector("[data-receipt-of]");
    if (receipt) keep(RECEIPTS, receipt.dataset.receiptOf, window.location.pathname);
  }

  function showReceiptLink() {
    const link = document.querySelector("[data-receipt]");
    const path = link && kept(RECEIPTS, link.dataset.receipt);
    if (!path || !path.startsWith("/pay/")) return;
    link.href = path;
    link.hidden = false;
  }

  function showHolderButtons() {
    const form = document.querySelector("[data-holders]");
    if (!form) return;
    const token = form.dataset.holders.split(" ").map((name) => kept(FORMS, name)).find(Boolean);
    if (!token) return;
    form.elements.held_form.value = token;
    form.elements.held_form.disabled = false;
    form.querySelectorAll("[data-holder], [data-other]").forEach(function (element) {
      element.hidden = "other" in element.dataset;
    });
  }

  function focusErrors() {
    const message = document.querySelector(".error-summary, .notice[tabindex]");
    if (message) message.focus();
  }

  // The buttons beside a quantity. A change is sent when the field says that it changed.
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const field = document.getElementById(button.getAttribute("aria-controls"));
    const before = field.value;
    if (button.dataset.step > 0) field.stepUp();
    else field.stepDown();
    if (field.value === before) return;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("change", markBounds);

  // A button that would leave the range is disabled. One that has the focus hands it to the field first.
  function markBounds() {
    for (const button of document.querySelectorAll("[data-step]")) {
      const field = document.getElementById(button.getAttribute("aria-controls"));
      const number = Number(field.value);
      const outside = button.dataset.step > 0 ? number >= Number(field.max) : number <= Number(field.min);
      if (outside && button === document.activeElement) field.focus();
      button.disabled = outside;
    }
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if ("print" in button.dataset) {
      window.print();
    } else if (navigator.clipboard) {
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        showCopied(button);
      });
    } else {
      // Plain http has no clipboard. Select the text, so that the keyboard can copy it.
      const field = button.parentElement.querySelector("input, textarea");
      if (field) field.select();
    }
  });

  // Show "Copied" for two seconds, then restore the label with its hidden part.
  function showCopied(button) {
    if (button.dataset.pressed) return;
    button.dataset.pressed = "yes";
    const label = Array.from(button.childNodes);
    button.replaceChildren(button.dataset.copied);
    setTimeout(function () {
      button.replaceChildren(...label);
      delete button.dataset.pressed;
    }, 2000);
  }

  // A picture that cannot be loaded becomes a plain tile of the same size.
  function replaceBroken(image) {
    const tile = document.createElement("span");
    tile.className = image.className + " tile";
    image.replaceWith(tile);
  }

  document.addEventListener("error", function (event) {
    if (event.target.tagName === "IMG") replaceBroken(event.target);
  }, true);

  for (const image of Array.from(document.images)) {
    if (image.complete && !image.naturalWidth) replaceBroken(image);
  }

  markBounds();
  focusErrors();
  showHolderButtons();
  keepReceipt();
  showReceiptLink();
})();

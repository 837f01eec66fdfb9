// What the pages do beyond HTML, and nothing that a buyer could not do without: they are told at once what is missing, the
// button says that it is sending, and comes back to life after Back.

(function () {
  "use strict";

  let sending = false;
  let checked = false;

  function wake(button) {
    if (button && button.dataset.label) {
      button.textContent = button.dataset.label;
      delete button.dataset.label;
    }
    if (button) button.disabled = false;
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter;
    if (!button || button.id !== "pay") return;
    if (sending) {
      event.preventDefault();
      return;
    }
    // What is missing is found before the page is left. A second press in a row is taken at its word: the server decides.
    const check = form.querySelector("#check");
    if (check && window.htmx && !checked && !form.checkValidity()) {
      event.preventDefault();
      checked = true;
      check.click();
      return;
    }
    sending = true;
    // Only after the form was read: a disabled button does not change what is sent, but some browsers stop the submit itself.
    setTimeout(function () {
      button.dataset.label = button.textContent;
      button.textContent = button.dataset.sending;
      button.disabled = true;
    }, 0);
    // A frame that may not be left stays here without a word; what stands under the button leads on.
    if (window.parent !== window) setTimeout(ready, 10000);
  });

  document.addEventListener("input", function () {
    checked = false;
  });

  function ready() {
    sending = false;
    checked = false;
    wake(document.getElementById("pay"));
  }

  // Every time, from the back/forward cache or not: the buyer may have come back from Checkout.
  window.addEventListener("pageshow", function (event) {
    ready();
    const form = document.querySelector("form[hx-post]");
    // Without that cache the browser fills in what was typed, beside totals that know nothing of it.
    if (form && !event.persisted && Array.from(form.elements).some(isChanged)) {
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  function isChanged(control) {
    if (control.type === "checkbox") return control.checked !== control.defaultChecked;
    if (control.tagName === "SELECT") {
      const shown = control.options[control.selectedIndex];
      return Boolean(shown) && !shown.defaultSelected && control.selectedIndex > 0;
    }
    return control.tagName === "INPUT" && control.value !== control.defaultValue;
  }

  // An answer that comes while the page is being left would undo what the button says.
  document.addEventListener("htmx:before:swap", function (event) {
    if (sending) event.preventDefault();
  });

  document.addEventListener("htmx:after:swap", function () {
    // Errors of a change are read out by themselves; only what the buyer asked for takes the focus.
    if (checked) focusErrors();
  });

  function focusErrors() {
    const summary = document.querySelector(".error-summary");
    if (summary) summary.focus();
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if ("print" in button.dataset) {
      window.print();
    } else if (navigator.clipboard) {
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        sayCopied(button);
      });
    } else {
      // On plain http there is no clipboard: what is to be copied is chosen, ready for the keyboard.
      const field = button.parentElement.querySelector("input, textarea");
      if (field) field.select();
    }
  });

  // The label comes back as it was, with the part that is not shown; a second press finds it put aside already.
  function sayCopied(button) {
    if (button.dataset.pressed) return;
    button.dataset.pressed = "yes";
    const label = Array.from(button.childNodes);
    button.replaceChildren(button.dataset.copied);
    setTimeout(function () {
      button.replaceChildren(...label);
      delete button.dataset.pressed;
    }, 2000);
  }

  focusErrors();
})();

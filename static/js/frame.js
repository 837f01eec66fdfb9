// Send the height of this page and a coarse state to the page around the frame, so that embed.js can fit the frame. The messages only
// go to origins that may frame this link. This script does not listen to messages.

(function () {
  "use strict";

  const VERSION = 1;
  const STEP = 8;
  // Repeat the message for a while, because the other script may load later than the frame.
  const REPEATS = [0, 300, 1000, 2500, 5000, 10000, 20000];
  const STATES = { already_paid: "paid" };

  if (window.parent === window) return;

  if (window.origin === "null") {
    // In a sandbox without allow-same-origin, scripts cannot call our server, so the forms work without htmx.
    document.querySelectorAll("[hx-post], [hx-get]").forEach(function (element) {
      element.removeAttribute("hx-post");
      element.removeAttribute("hx-get");
    });
    // These buttons are hidden where htmx updates the totals.
    document.querySelectorAll(".update-total").forEach(function (button) { button.classList.remove("update-total"); });
  }

  const allowed = document.currentScript.dataset.origins.split(" ");
  const parent = window.location.ancestorOrigins ? window.location.ancestorOrigins[0] : originOf(document.referrer);
  const targets = allowed.includes(parent) ? [parent] : allowed;
  let sent = 0;

  function originOf(address) {
    try {
      return new URL(address).origin;
    } catch {
      return "";
    }
  }

  function height() {
    return Math.ceil((document.body.getBoundingClientRect().bottom + window.scrollY) / STEP) * STEP;
  }

  function state() {
    const shown = document.querySelector("[data-state]");
    return shown ? STATES[shown.dataset.state] || "unavailable" : "open";
  }

  function send() {
    sent = height();
    targets.forEach(function (target) {
      window.parent.postMessage({ type: "counterfoil", version: VERSION, height: sent, state: state() }, target);
    });
  }

  REPEATS.forEach(function (wait) { setTimeout(send, wait); });
  window.addEventListener("pageshow", send);
  new ResizeObserver(function () { if (height() !== sent) send(); }).observe(document.body);
})();

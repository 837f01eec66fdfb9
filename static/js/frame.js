// Tell the page around this frame how high the page is, a coarse state, and when the payment has arrived. The messages only go to
// origins that may frame this link. This script does not listen to messages. While the frame of a link that can be paid once is shown,
// it asks the server whether the link was paid, because the payment itself happens in another window.

(function () {
  "use strict";

  const VERSION = 1;
  const STEP = 8;
  // Repeat the message for a while, because the other script may load later than the frame.
  const REPEATS = [0, 300, 1000, 2500, 5000, 10000, 20000];
  const STATES = { already_paid: "paid", payment_processing: "processing" };
  // Seconds between two questions: short at first and after the reader comes back, then ever longer.
  const PAUSES = [3, 5, 5, 10, 10, 20, 20, 30, 60];

  const script = document.currentScript;

  if (window.parent === window) return;

  if (window.origin === "null") {
    // In a sandbox without allow-same-origin, scripts cannot call our server, so the forms work without htmx.
    document.querySelectorAll("[data-hx-post], [data-hx-get]").forEach(function (element) {
      element.removeAttribute("data-hx-post");
      element.removeAttribute("data-hx-get");
    });
    // These buttons are hidden where htmx updates the totals.
    document.querySelectorAll(".update-total").forEach(function (button) { button.classList.remove("update-total"); });
  }

  const allowed = script.dataset.origins.split(" ");
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

  function tell(message) {
    targets.forEach(function (target) { window.parent.postMessage(message, target); });
  }

  function send() {
    sent = height();
    tell({ type: "counterfoil", version: VERSION, height: sent, state: state() });
    if (state() === "paid") tell({ type: "counterfoil:completed", version: VERSION, payment_link: script.dataset.link });
  }

  REPEATS.forEach(function (wait) { setTimeout(send, wait); });
  window.addEventListener("pageshow", send);
  new ResizeObserver(function () { if (height() !== sent) send(); }).observe(document.body);

  let inView = false;
  let asked = 0;
  let timer = 0;

  function isShown() {
    return inView && document.visibilityState === "visible";
  }

  function ask() {
    clearTimeout(timer);
    if (!isShown() || (state() !== "open" && state() !== "processing")) return;
    fetch(script.dataset.watch, { cache: "no-store", credentials: "omit" })
      .then(function (answer) { return answer.json(); })
      .then(function (answer) {
        const arrived = answer.state === "paid" || answer.state === "processing";
        // The address, not a reload: this page may have been posted.
        if (arrived && answer.state !== state()) window.location.replace(window.location.href);
      })
      .catch(function () { /* The next question may be answered. */ });
    timer = setTimeout(ask, PAUSES[Math.min(asked, PAUSES.length - 1)] * 1000);
    asked += 1;
  }

  function askFromTheStart() {
    asked = 0;
    ask();
  }

  if (script.dataset.watch && window.origin !== "null") {
    new IntersectionObserver(function (entries) {
      const was = isShown();
      inView = entries[entries.length - 1].isIntersecting;
      if (!was && isShown()) askFromTheStart();
    }).observe(document.documentElement);
    document.addEventListener("visibilitychange", askFromTheStart);
    window.addEventListener("pageshow", askFromTheStart);
    window.addEventListener("focus", askFromTheStart);
  }
})();

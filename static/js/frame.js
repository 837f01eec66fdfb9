// Tells the page around the frame how high this one is and where it stands, so that embed.js can fit the frame to it. Height and a
// coarse state, to the origins that may frame this link and to no other; it listens to nobody.

(function () {
  "use strict";

  const VERSION = 1;
  const STEP = 8;
  // Said again for a while: the script around the frame may come later than the frame.
  const AGAIN = [0, 300, 1000, 2500, 5000, 10000, 20000];
  const STATES = { already_paid: "paid" };

  if (window.parent === window) return;

  if (window.origin === "null") {
    // A sandbox without allow-same-origin: scripts may ask our server nothing here, so that forms do it by themselves.
    document.querySelectorAll("[hx-post], [hx-get]").forEach(function (element) {
      element.removeAttribute("hx-post");
      element.removeAttribute("hx-get");
    });
    // Hidden where totals follow along by themselves.
    document.querySelectorAll(".update-total").forEach(function (button) { button.classList.remove("update-total"); });
  }

  const allowed = document.currentScript.dataset.origins.split(" ");
  const around = window.location.ancestorOrigins ? window.location.ancestorOrigins[0] : originOf(document.referrer);
  const targets = allowed.includes(around) ? [around] : allowed;
  let said = 0;

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

  function say() {
    said = height();
    targets.forEach(function (target) {
      window.parent.postMessage({ type: "counterfoil", version: VERSION, height: said, state: state() }, target);
    });
  }

  AGAIN.forEach(function (wait) { setTimeout(say, wait); });
  window.addEventListener("pageshow", say);
  new ResizeObserver(function () { if (height() !== said) say(); }).observe(document.body);
})();

// Counterfoil, version 1. Optional: a page that frames a pay page works without this script.
//
// It fits each frame to the height of its page. It shows a plain link where a frame sends no message: a refused frame fires `load`
// too. It dispatches counterfoil:ready and counterfoil:resize on the iframe, with { height, state }, and counterfoil:completed once the
// payment has arrived, with { payment_link }. It only listens to frames of its own server, and sends no messages.

(function () {
  "use strict";

  const VERSION = 1;
  const MINIMUM_HEIGHT = 240;
  const MAXIMUM_HEIGHT = 8000;
  const WAIT_AFTER_LOAD = 5000;
  const WAIT = 15000;

  const server = new URL(document.currentScript.src).origin;
  const pages = server + "/pay/";
  const mark = "counterfoil " + server;
  if (window[mark]) return; // the page includes the script twice
  window[mark] = true;

  const states = new WeakMap(); // iframe -> its last height and state
  const completed = new WeakMap(); // iframe -> the id of the link that it said is paid
  const links = new WeakMap(); // iframe -> the link that replaces it

  function isOurs(frame) {
    return frame.src.startsWith(pages) && /^[^/?#]+\/embed(?=$|[?#])/.test(frame.src.slice(pages.length));
  }

  function frames() {
    return Array.from(document.querySelectorAll("iframe[src]")).filter(isOurs);
  }

  function dispatch(frame, name, detail) {
    frame.dispatchEvent(new CustomEvent("counterfoil:" + name, { bubbles: true, detail: detail }));
  }

  window.addEventListener("message", function (event) {
    const message = event.data;
    if (event.origin !== server || !message || message.version !== VERSION) return;
    const frame = frames().find(function (one) { return one.contentWindow === event.source; });
    if (!frame) return;
    if (message.type === "counterfoil:completed" && completed.get(frame) !== message.payment_link) {
      completed.set(frame, message.payment_link); // the frame repeats its message, because this script may load later
      dispatch(frame, "completed", { payment_link: message.payment_link });
    }
    if (message.type !== "counterfoil" || !Number.isInteger(message.height) || typeof message.state !== "string") return;
    update(frame, Math.min(Math.max(message.height, MINIMUM_HEIGHT), MAXIMUM_HEIGHT), message.state);
  });

  function update(frame, height, state) {
    const before = states.get(frame);
    const detail = { height: height, state: state };
    states.set(frame, detail);
    if (!before) {
      frame.style.display = ""; // a late message: show the frame again
      dispatch(frame, "ready", detail);
    }
    if (!before || before.height !== height) {
      frame.style.height = height + "px";
      dispatch(frame, "resize", detail);
    }
  }

  function plain(url) { return url.split(/[?#]/)[0]; }

  function showLink(frame) {
    if (states.has(frame) || links.has(frame) || !frame.isConnected) return;
    const url = frame.src.replace(/\/embed(?=$|[?#])/, "");
    let link = Array.from(document.links).find(function (one) { return plain(one.href) === plain(url); });
    if (!link) {
      const text = frame.dataset.link || "Open the payment page";
      link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener", textContent: text });
      frame.after(link);
    }
    link.hidden = false;
    links.set(frame, link);
    frame.style.display = "none";
  }

  function watch(frame) {
    // A site's policy may forbid the style attribute of the snippet. It never forbids the same style from a script.
    if (!frame.style.length) frame.style.cssText = frame.getAttribute("style") || "";
    // A lazy frame further down loads when it comes near, so the wait starts then.
    const near = new IntersectionObserver(function (entries) {
      if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
      near.disconnect();
      setTimeout(showLink, WAIT, frame);
    }, { rootMargin: "50%" });
    near.observe(frame);
    frame.addEventListener("load", function () { setTimeout(showLink, WAIT_AFTER_LOAD, frame); });
  }

  function start() { frames().forEach(watch); }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

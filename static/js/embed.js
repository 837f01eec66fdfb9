// Counterfoil, version 1. Optional: a page that frames a pay page works without this script.
//
// It fits each frame to its page's height, shows a plain link where a frame stays silent (one that was refused fires `load` all the
// same), and dispatches counterfoil:ready, counterfoil:resize and counterfoil:completed on the iframe, with { height, state }.
// It listens to frames of the server that it came from and to nobody else, and says nothing back.

(function () {
  "use strict";

  const VERSION = 1;
  const LEAST = 240;
  const MOST = 8000;
  const PATIENCE_AFTER_LOAD = 5000;
  const PATIENCE = 15000;

  const server = new URL(document.currentScript.src).origin;
  const mark = "counterfoil " + server;
  if (window[mark]) return; // pasted twice
  window[mark] = true;

  const heard = new WeakMap(); // iframe -> the last height and state
  const links = new WeakMap(); // iframe -> the link that stands in for it

  function isOurs(frame) {
    try {
      const url = new URL(frame.src);
      return url.origin === server && /^\/pay\/[^/]+\/embed$/.test(url.pathname);
    } catch {
      return false;
    }
  }

  function frames() {
    return Array.from(document.querySelectorAll("iframe[src]")).filter(isOurs);
  }

  function dispatch(frame, name, detail) {
    frame.dispatchEvent(new CustomEvent("counterfoil:" + name, { bubbles: true, detail: detail }));
  }

  window.addEventListener("message", function (event) {
    const message = event.data;
    if (event.origin !== server || !message || message.type !== "counterfoil" || message.version !== VERSION) return;
    if (!Number.isInteger(message.height) || typeof message.state !== "string") return;
    const frame = frames().find(function (one) { return one.contentWindow === event.source; });
    if (frame) hear(frame, Math.min(Math.max(message.height, LEAST), MOST), message.state);
  });

  function hear(frame, height, state) {
    const before = heard.get(frame);
    const detail = { height: height, state: state };
    heard.set(frame, detail);
    if (!before) {
      frame.style.display = ""; // late, but there
      dispatch(frame, "ready", detail);
    }
    if (!before || before.height !== height) {
      frame.style.height = height + "px";
      dispatch(frame, "resize", detail);
    }
    if (state === "paid" && (!before || before.state !== "paid")) dispatch(frame, "completed", detail);
  }

  function standIn(frame) {
    if (heard.has(frame) || links.has(frame) || !frame.isConnected) return;
    const url = frame.src.replace(/\/embed(?=$|[?#])/, "");
    let link = Array.from(document.links).find(function (one) { return one.href === url; });
    if (!link) {
      link = document.createElement("a");
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = frame.dataset.link || "Open the payment page";
      frame.after(link);
    }
    link.hidden = false;
    links.set(frame, link);
    frame.style.display = "none";
  }

  function watch(frame) {
    // A lazy frame far below is not late: time runs from when it comes near.
    const near = new IntersectionObserver(function (entries) {
      if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
      near.disconnect();
      setTimeout(standIn, PATIENCE, frame);
    }, { rootMargin: "50%" });
    near.observe(frame);
    frame.addEventListener("load", function () { setTimeout(standIn, PATIENCE_AFTER_LOAD, frame); });
  }

  function start() { frames().forEach(watch); }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

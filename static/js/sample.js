// The sample invoice says that it is paid as soon as its frame tells it. A real page would ask its own server, which hears from Stripe.

(function () {
  "use strict";

  document.addEventListener("counterfoil:completed", function (event) {
    const stamp = document.querySelector("[data-paid]");
    if (event.detail.payment_link === stamp.dataset.paid) stamp.textContent = "Paid";
  });
})();

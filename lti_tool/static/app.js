// Small conveniences on top of pages that work without any script.
"use strict";

// A form with errors comes back with its summary on top: begin there.
document.querySelector(".error-summary")?.focus();

// A live region announces changes only, so a message that came with the page is set once more.
for (const text of document.querySelectorAll(".toasts .toast-message")) {
  setTimeout(() => { text.textContent = String(text.textContent); }, 200);
}

// The second of two quick clicks sends nothing. The lock ends by itself: an answer that never
// comes, a download or the browser's Back button must not leave a dead button behind.
const LOCKED_MILLISECONDS = 8000;
const unlock = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled"));
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.target) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(unlock, LOCKED_MILLISECONDS, form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach(unlock));

// Numbers behind charts belong on paper too.
window.addEventListener("beforeprint", () => {
  document.querySelectorAll(".figure details").forEach((numbers) => { numbers.open = true; });
});

// Canvas makes its frame as high as the page says. The attribute holds the platform's origin.
const origin = document.body.dataset.frameResize;
if (origin && window.parent !== window) {
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ subject: "lti.frameResize", height }, origin);
  };
  new ResizeObserver(tell).observe(document.body);
}

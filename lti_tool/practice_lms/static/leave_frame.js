// The answer of deep linking arrives inside the frame; the course belongs in the whole window.
if (window.top !== window) {
  window.top.location.replace(document.getElementById("continue").href);
}

// The tool says it has finished (LTI Dynamic Registration 1.0, section 3.7); go back to the list.
const frame = document.getElementById("registration");
window.addEventListener("message", (event) => {
  const finished = event.data && event.data.subject === "org.imsglobal.lti.close";
  if (finished && event.source === frame.contentWindow) {
    window.location.assign(document.getElementById("back").href);
  }
});

// The last step of a dynamic registration: tell the LMS that its frame or window may close
// (LTI Dynamic Registration 1.0, section 3.7.1). The message says nothing that is secret, and the
// page cannot know on which host the administrator sits, so it is for anybody.
document.querySelector("[data-close-registration]")?.addEventListener("click", () => {
  (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
});

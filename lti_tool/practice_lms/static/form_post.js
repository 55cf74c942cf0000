// Sends the one form of the page at once; its button is there for browsers without scripts.
document.querySelector("form").submit();

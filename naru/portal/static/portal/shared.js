// A link that a QR code brought stands behind #, which no server is told: it is put into the form.
"use strict";

const brought = location.hash.slice(1);
if (brought.startsWith("shlink:/")) {
  document.getElementById("link").value = brought;
  // What was on the address line is not kept in the history of whoever opens it.
  history.replaceState(null, "", location.pathname);
  document.getElementById("passcode").focus();
}

// A form marked data-passkey asks an authenticator before it is sent (WebAuthn level 3).
"use strict";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-passkey]") || form.elements.answer.value) return;
  event.preventDefault();
  const failed = form.parentElement.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    const asked = await fetch(form.dataset.ask, { method: "POST", body: new FormData(form) });
    if (!(asked.headers.get("Content-Type") || "").startsWith("application/json")) {
      location.assign(asked.url); // Something has to be shown first.
      return;
    }
    const options = decoded(await asked.json());
    const made = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: options })
      : await navigator.credentials.get({ publicKey: options });
    form.elements.answer.value = JSON.stringify(encoded(made));
    form.submit();
  } catch {
    failed.hidden = false;
  }
});

function decoded(options) {
  options.challenge = octets(options.challenge);
  if (options.user) options.user.id = octets(options.user.id);
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    for (const one of options[list] || []) one.id = octets(one.id);
  }
  return options;
}

function encoded(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

function octets(base64url) {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

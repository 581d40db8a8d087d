// A signature pad: what is drawn on the canvas is sent as a picture. Without scripts, the form's
// other two ways to sign are there: a scanned paper, or the name before a witness.
"use strict";

for (const pad of document.querySelectorAll("canvas[data-pad]")) {
  const field = document.getElementById(pad.dataset.pad);
  const context = pad.getContext("2d");
  let last = null;
  pad.closest("[data-needs-script]").hidden = false;

  const point = (event) => {
    const box = pad.getBoundingClientRect();
    return [
      (event.clientX - box.left) * (pad.width / box.width),
      (event.clientY - box.top) * (pad.height / box.height),
    ];
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    last = point(event);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = point(event);
    context.lineWidth = 3;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...last);
    context.lineTo(...next);
    context.stroke();
    last = next;
    field.value = pad.toDataURL("image/png");
    const chosen = document.getElementById("signed-pad");
    if (chosen) chosen.checked = true;
  });
  pad.addEventListener("pointerup", () => { last = null; });
  const again = document.getElementById(pad.dataset.clear);
  again.addEventListener("click", () => {
    context.clearRect(0, 0, pad.width, pad.height);
    field.value = "";
  });
}

/* Fills in where the browser is, where there is one that tells; the form is sent as it stands. */
const asking = document.querySelector("[data-here]");
if (asking && navigator.geolocation) {
  asking.hidden = false;
  asking.addEventListener("click", () => {
    const told = document.getElementById("live");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const { form } = asking;
        form.elements.latitude.value = coords.latitude.toFixed(3);
        form.elements.longitude.value = coords.longitude.toFixed(3);
        form.requestSubmit();
      },
      () => {
        told.textContent = asking.dataset.here;
        asking.nextElementSibling.textContent = asking.dataset.here;
      },
      { maximumAge: 600000, timeout: 10000 },
    );
  });
}

// Safari does not heed autofocus on what is no field: a form that came back with faults starts at their summary.
document.getElementById("error-summary")?.focus();

// A button that copies what stands in a field. Where pages may not copy, it stays hidden: the field can be selected.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.nextElementSibling.textContent = button.dataset.done;
  });
}

// Safari does not heed autofocus on what is no field: a form that came back with faults starts at their summary.
document.getElementById("error-summary")?.focus();

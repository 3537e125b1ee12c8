// The rows open where they stand; what stands out is open from the start.
for (const button of document.querySelectorAll("button.opener")) {
  const more = document.getElementById(button.getAttribute("aria-controls"));
  const open = (yes) => {
    more.hidden = !yes;
    button.setAttribute("aria-expanded", yes);
  };
  open("open" in button.dataset);
  button.addEventListener("click", () => open(more.hidden));
}
document.querySelector("form[data-filter]").hidden = false;
{% include "filter.js" %}

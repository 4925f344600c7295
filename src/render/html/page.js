(() => {
  "use strict";
  const form = document.querySelector("form.filter");
  const all = [...document.querySelectorAll("#findings [data-severity]")];
  if (!form || !all.length) return;
  const fields = form.elements;
  const groups = [...document.querySelectorAll(".group")];
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  // A choice that would have one value alone is not there.
  const fitsChoice = (name, value) => !fields[name]?.value || fields[name].value === value;
  const filter = () => {
    const words = fields.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of all) {
      const check = item.closest(".group").dataset.check;
      const fits =
        fitsChoice("severity", item.dataset.severity) &&
        fitsChoice("status", item.dataset.status) &&
        fitsChoice("check", check) &&
        words.every((word) => textOf(item).includes(word) || check.toLowerCase().includes(word));
      item.hidden = !fits;
      shown += fits;
    }
    const any = [...fields].some((field) => field.value);
    for (const group of groups) {
      group.hidden = any && !group.querySelector("[data-severity]:not([hidden])");
    }
    form.querySelector("output").value = any ? `${shown} of ${all.length} findings shown` : "";
  };
  // What a link leads to is shown, whatever the filter says and however short its fingerprint is.
  const follow = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name) return;
    const found = document.getElementById(name) ||
      (name.length > 4 && document.querySelector(`[id^="${CSS.escape(name)}"]`));
    if (!found) return;
    if (found.closest("[hidden]")) form.reset(), filter();
    for (let at = found; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    found.scrollIntoView();
  };
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
  });
  addEventListener("hashchange", follow);
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = false;
  filter();
  follow();
})();

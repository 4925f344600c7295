// A block whose fence names a file (```csv data.csv) gets that name above it.
for (const code of document.querySelectorAll("pre > code")) {
  const name = [...code.classList].find((word) => /^[^.].*\.[a-z]+$/.test(word));
  if (name) {
    const caption = document.createElement("div");
    caption.className = "file-name";
    caption.textContent = name;
    code.closest("pre").before(caption);
  }
}

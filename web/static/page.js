// What every page does: the parts that take a moment are put in once they are there.

async function fill(place) {
  try {
    const got = await fetch(place.dataset.part, { headers: { Accept: "text/html" } });
    if (!got.ok) throw new Error(String(got.status));
    // The server's own templates, every value escaped there; scripts in it would not run.
    place.innerHTML = await got.text();
  } catch {
    place.querySelector(".waiting")?.prepend(`${place.dataset.failed} `);
  }
  place.setAttribute("aria-busy", "false");
}

// One after the other: each takes the server a while, and the first is the one that is looked at.
async function fillAll() {
  for (const place of document.querySelectorAll("[data-part]")) await fill(place);
}

fillAll();

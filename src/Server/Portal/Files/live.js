// What is live: a job's page takes its lines as they come and loads again at the end; long lists filter as one types. Every page can be read without this.
(() => {
  const live = document.querySelector("[data-events]");
  if (live) {
    const lines = live.querySelector("[data-lines]");
    const now = live.querySelector("[data-now]");
    const events = new EventSource(live.dataset.events);
    lines.replaceChildren();
    events.addEventListener("line", (event) => {
      const item = document.createElement("li");
      item.textContent = event.data;
      lines.append(item);
      item.scrollIntoView({ block: "nearest" });
    });
    events.addEventListener("now", (event) => { now.textContent = event.data; });
    // The server draws the tree; of several events that come while it is read, one more reading is enough.
    let reading = false, more = false;
    const tree = async () => {
      more = reading;
      if (reading) return;
      reading = true;
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
      const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-blocking]");
      if (fresh) {
        // Who stands in a table with the keyboard stays in it.
        const old = live.querySelector("[data-blocking]"), at = [...old.querySelectorAll("[tabindex]")].indexOf(document.activeElement);
        old.replaceWith(document.adoptNode(fresh));
        if (at >= 0) fresh.querySelectorAll("[tabindex]")[at]?.focus({ preventScroll: true });
      }
      reading = false;
      if (more) tree();
    };
    events.addEventListener("blocking", tree);
    events.addEventListener("end", () => { events.close(); location.reload(); });
  }
  for (const input of document.querySelectorAll("input[data-filter]")) {
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      for (const row of document.querySelectorAll(input.dataset.filter + " tr:has(td)")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
  }
  for (const form of document.querySelectorAll("form[data-ask]")) {
    form.addEventListener("submit", (event) => { if (!confirm(form.dataset.ask)) event.preventDefault(); });
  }
  const scaled = (value, factor, names, space) => {
    let at = 0;
    while (Math.abs(value) >= factor && at + 1 < names.length) { value /= factor; at++; }
    return short(value) + (names[at] ? space + names[at] : "");
  };
  const short = (value) => {
    const size = Math.abs(value);
    if (size === 0) return "0";
    return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.005 ? 2 : 5)));
  };
  const seconds = (value) => {
    const size = Math.abs(value);
    return size === 0 ? "0 s" : size < 0.001 ? short(value * 1e6) + " µs" : size < 1 ? short(value * 1e3) + " ms" : size < 120 ? short(value) + " s" : size < 7200 ? short(value / 60) + " min" : size < 172800 ? short(value / 3600) + " h" : short(value / 86400) + " d";
  };
  const bytes = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"], thousands = ["", "k", "M", "G", "T"];
  const words = (value, unit) => value === null ? "–" : unit === "bytes" ? scaled(value, 1024, bytes, " ") : unit === "bytes_per_second" ? scaled(value, 1024, bytes, " ") + "/s"
    : unit === "seconds" ? seconds(value) : unit === "ratio" ? short(value * 100) + " %" : scaled(value, 1000, thousands, "") + (unit === "per_second" ? "/s" : "");
  // The values under the pointer stand in the legend of every chart that shows the same time.
  const charts = () => [...document.querySelectorAll(".chart")];
  const show = (part) => {
    for (const chart of charts()) {
      chart.classList.toggle("hovered", part !== null);
      const cursor = chart.querySelector(".cursor"), x = Number(chart.dataset.left) + Number(chart.dataset.plot) * (part ?? 0);
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      for (const item of chart.querySelectorAll(".legend li")) {
        const values = item.dataset.values.split(",").map((text) => text === "" ? null : Number(text));
        const value = part === null ? values.findLast((one) => one !== null) ?? null : values[Math.round(part * (values.length - 1))];
        item.querySelector("b").textContent = words(value, chart.dataset.unit);
      }
    }
  };
  document.addEventListener("pointermove", (event) => {
    const picture = event.target.closest?.(".chart svg");
    if (!picture) { if (document.querySelector(".chart.hovered")) show(null); return; }
    const chart = picture.closest(".chart"), box = picture.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width * 420 - Number(chart.dataset.left)) / Number(chart.dataset.plot);
    show(Math.min(1, Math.max(0, at)));
  });
  // Parts of a page that are read again while somebody looks at them, and are left alone while somebody works in them. A part may be read from a smaller page than its own; when its key has
  // changed, the rest of the page is old too.
  const read = async (from) => {
    const answer = await fetch(from, { headers: { Accept: "text/html" } }).catch(() => null);
    return answer?.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  };
  const again = () => setTimeout(async () => {
    const worked = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");
    if (!document.hidden && !document.querySelector(".chart.hovered")) {
      const pages = new Map();
      for (const part of document.querySelectorAll("[data-refresh]")) {
        const from = part.dataset.from ?? location.href;
        if (!pages.has(from)) pages.set(from, await read(from));
        const fresh = pages.get(from)?.getElementById(part.id);
        if (fresh && fresh.dataset.key !== part.dataset.key) return location.reload();
        if (fresh && !worked(part)) part.replaceWith(document.adoptNode(fresh));
      }
      for (const input of document.querySelectorAll("input[data-filter]")) if (input.value) input.dispatchEvent(new Event("input"));
    }
    again();
  }, document.querySelector("[data-refresh]").dataset.refresh * 1000);
  if (document.querySelector("[data-refresh]")) again();
})();

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
    events.addEventListener("end", () => { events.close(); location.reload(); });
  }
  for (const input of document.querySelectorAll("input[data-filter]")) {
    const rows = document.querySelectorAll(input.dataset.filter + " tbody tr");
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
  }
  for (const form of document.querySelectorAll("form[data-ask]")) {
    form.addEventListener("submit", (event) => { if (!confirm(form.dataset.ask)) event.preventDefault(); });
  }
})();

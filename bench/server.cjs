// What bench/server measures. Arguments: the link of the first administrator, the number of databases, the server's process.
const { chromium } = require("playwright-core");
const { readFileSync } = require("fs");
const [setup, count, pid] = process.argv.slice(2);
const address = new URL(setup).origin;
const memory = () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);
// Clock ticks are hundredths of a second.
const cpu = () => { const parts = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" "); return 10 * (Number(parts[11]) + Number(parts[12])); };
const sorted = (times) => [...times].sort((a, b) => a - b);
const part = (times, at) => sorted(times)[Math.min(times.length - 1, Math.floor(times.length * at))].toFixed(0);

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    console.log(`memory of the server when it has begun: ${memory()} MB`);
    const page = await context.newPage();
    await page.goto(setup);
    await page.fill("[name=name]", "bench");
    await page.fill("[name=password]", "a long enough sentence");
    await page.click("main button");
    await page.waitForURL(address + "/");
    const cookie = (await context.cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
    const get = async (path) => {
      const began = performance.now();
      const answer = await fetch(address + path, { headers: { cookie, accept: "text/html" } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
      return [performance.now() - began, text];
    };
    const times = async (runs) => { const all = []; for (let i = 0; i < runs; i++) all.push((await get("/"))[0]); return all; };
    const busy = await times(20);
    console.log(`fleet page, ${count} databases, while they are read: median ${part(busy, 0.5)} ms, slowest ${part(busy, 1)} ms`);
    const began = Date.now();
    while ((await get("/"))[1].includes("are being read") && Date.now() - began < 300000) await new Promise((done) => setTimeout(done, 1000));
    console.log(`all were read after ${Math.round((Date.now() - began) / 1000)} s`);
    await page.goto("about:blank");
    const first = [];
    for (let i = 0; i < 5; i++) {
      await page.goto(address + "/");
      await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
      first.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
    }
    await page.goto("about:blank");
    await new Promise((done) => setTimeout(done, 12000));
    const calm = await times(50);
    const size = (await get("/"))[1].length;
    console.log(`fleet page once they are: median ${part(calm, 0.5)} ms, 95 of 100 within ${part(calm, 0.95)} ms, slowest ${part(calm, 1)} ms, ${Math.round(size / 1024)} KiB`);
    console.log(`first content in Chromium: median ${part(first, 0.5)} ms, slowest ${part(first, 1)} ms`);
    const reads = [];
    const waiting = [];
    const rate = 200, seconds = 10;
    const [start, before] = [performance.now(), cpu()];
    // At a rate, whatever the answers take: what comes late counts from when it was due.
    for (let n = 0; n < rate * seconds; n++) {
      const due = start + (n * 1000) / rate;
      while (performance.now() < due) await new Promise((done) => setTimeout(done, 1));
      waiting.push(get("/api/v1/observe/targets").then(() => reads.push(performance.now() - due)));
    }
    await Promise.all(waiting);
    console.log(`reads of the API, ${Math.round((1000 * reads.length) / (performance.now() - start))} a second of ${rate} asked: median ${part(reads, 0.5)} ms, 99 of 100 within ${part(reads, 0.99)} ms`);
    console.log(`a read takes ${((cpu() - before) / reads.length).toFixed(1)} ms of the server's CPU`);
    console.log(`memory of the server then: ${memory()} MB`);
    await new Promise((done) => setTimeout(done, 60000));
    console.log(`memory of the server after a minute of rest: ${memory()} MB`);
  } finally {
    await browser.close();
  }
})().catch((error) => { console.error(String(error)); process.exit(1); });

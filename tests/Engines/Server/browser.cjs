// Walks the road of a release through the portal in Chromium, as two people, and looks at each page as a screen reader would.
// Arguments: the portal's address, the link of the first administrator, a folder for pictures. Prints what it saw as JSON.
const { chromium } = require("playwright-core");
const axe = require("fs").readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [address, setup, pictures] = process.argv.slice(2);
const password = "a long enough sentence";
const seen = { steps: [], problems: [], elsewhere: [], barriers: [], overflow: [], unreachable: [] };

async function person(browser, options) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => { if (message.type() === "error") seen.problems.push(`${page.url()}: ${message.text()}`); });
  page.on("pageerror", (error) => seen.problems.push(`${page.url()}: ${error}`));
  page.on("request", (request) => { if (!request.url().startsWith(address) && !request.url().startsWith("data:")) seen.elsewhere.push(request.url()); });
  page.on("dialog", (dialog) => dialog.accept());
  return page;
}

async function look(page, name) {
  await page.evaluate(axe);
  for (const [width, scheme] of [[1440, "light"], [1440, "dark"], [390, "dark"], [390, "light"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    const isSeen = (width === 1440) === (scheme === "light");
    if (isSeen) await page.screenshot({ path: `${pictures}/${name}-${width}-${scheme}.png`, fullPage: true });
    // Of the other scheme only the colours can be different.
    const result = await page.evaluate((only) => window.axe.run({ runOnly: only }), isSeen ? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] : { type: "rule", values: ["color-contrast", "link-in-text-block"] });
    for (const violation of result.violations) seen.barriers.push(`${name} at ${width}, ${scheme}: ${violation.id}: ${violation.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) seen.overflow.push(`${name} at ${width}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  // Each control is reached by the keyboard, in the order of the page.
  const wanted = await page.locator("a[href]:visible, button:visible, input:visible:not([type=hidden]), select:visible, textarea:visible, summary:visible").count();
  await page.evaluate(() => { document.activeElement.blur(); window.reached = new Set(); });
  for (let i = 0; i < wanted + 40; i++) {
    await page.keyboard.press("Tab");
    await page.evaluate(() => window.reached.add(document.activeElement));
  }
  // What stands in closed details has a place on the page, and is not seen.
  const missed = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((one) => one.checkVisibility() && !window.reached.has(one)).map((one) => one.outerHTML));
  for (const one of missed) seen.unreachable.push(`${name}: ${one}`);
}

async function ended(page) {
  await page.waitForURL(/\/jobs\//);
  await page.waitForFunction(() => !document.querySelector("[data-events]") && document.querySelector(".pill"), null, { timeout: 60000 });
  return page.locator(".pill").first().innerText();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const ada = await person(browser);
    await ada.goto(setup);
    await look(ada, "setup");
    await ada.fill("[name=name]", "ada");
    await ada.fill("[name=password]", password);
    await ada.click("main button");
    await ada.waitForURL(address + "/");
    seen.steps.push(await ada.locator("h1").innerText());
    await ada.goto(address + "/people");
    await ada.fill("#name", "otto");
    await ada.fill("#roles", "operator");
    await ada.fill("#password", password);
    await ada.click("text=Add >> nth=-1");
    await ada.waitForSelector("th:has-text('otto')");

    const otto = await person(browser);
    await otto.goto(address + "/");
    await look(otto, "sign-in");
    await otto.fill("[name=name]", "otto");
    await otto.fill("[name=password]", password);
    await otto.click("main button");
    await otto.waitForURL(address + "/");

    await ada.goto(address + "/pipeline");
    await look(ada, "pipeline-pending");
    await ada.click("button:has-text('Apply')");
    await ada.waitForURL(/\/jobs\//);
    // Somebody holds a lock: the tree comes to the page that is open, and stands on one without script.
    await ada.evaluate(() => { window.stayed = true; });
    await ada.waitForSelector("#blocking td:has-text('idle in transaction')", { timeout: 60000 });
    const plain = await person(browser, { javaScriptEnabled: false });
    await plain.goto(address + "/sign-in");
    await plain.fill("[name=name]", "otto");
    await plain.fill("[name=password]", password);
    await plain.click("main button");
    await plain.goto(ada.url());
    seen.steps.push("in the way " + await ada.evaluate(() => window.stayed === true) + ", this run " + (await ada.locator("#blocking tr.strong").count() === 1) + ", plain " + (await plain.locator("#blocking td:has-text('idle in transaction')").count() === 1));
    await look(ada, "job-blocked");
    // The pipeline of somebody else shows what runs, and reads itself again when that has ended.
    await otto.goto(address + "/pipeline");
    await otto.waitForSelector("#running .pill:has-text('in its way')");
    await otto.screenshot({ path: `${pictures}/pipeline-running-1440-light.png` });
    console.log("release the lock");
    seen.steps.push("dev " + await ended(ada));
    await otto.waitForSelector("#running:has-text('No migration runs now')", { timeout: 60000 });
    seen.steps.push("still pending " + await otto.locator("p:has-text('dev: 1 pending')").count());
    await ada.goto(address + "/pipeline");
    await ada.click("button:has-text('Promote to prod')");
    seen.steps.push("prod " + await ended(ada));
    await look(ada, "job-refused");

    await otto.goto(address + "/pipeline");
    await look(otto, "pipeline-approval");
    await otto.click("button:has-text('Approve')");
    seen.steps.push("approval " + await ended(otto));
    await ada.goto(address + "/pipeline");
    await ada.click("button:has-text('Promote to prod')");
    seen.steps.push("prod " + await ended(ada));
    await look(ada, "job-done");
    for (const name of ["fleet", "pipeline", "alerts", "backups", "jobs", "ledger", "people", "account"]) {
      await ada.goto(address + (name === "fleet" ? "/" : "/" + name));
      await look(ada, name);
    }
    for (const [name, path] of [["database", "/databases/dev/shop?since=1h"], ["database-statements", "/databases/dev/shop?view=statements&since=1h"], ["database-settings", "/databases/dev/shop?view=settings"], ["change", "/changes/shop/0002"], ["provision", "/provision"], ["docs", "/docs"], ["docs-server", "/docs/server"], ["runbook", "/alerts/PostgresDown"]]) {
      await ada.goto(address + path);
      await look(ada, name);
    }
    await ada.goto(address + "/databases/dev/shop?since=1h");
    const picture = ada.locator(".chart svg").first();
    const before = await ada.locator(".chart .legend b").first().innerText();
    await picture.hover();
    seen.steps.push("charts " + (await ada.locator(".chart").count() > 10) + ", hovered " + await ada.locator(".chart.hovered").count().then((count) => count > 10) + ", marked " + (await ada.locator(".chart .mark").count() > 0));
    await ada.mouse.move(5, 5);
    if (await ada.locator(".chart .legend b").first().innerText() !== before) seen.problems.push("the script writes figures in another way than the server");
    await ada.goto(address + "/changes/shop/0002");
    await ada.fill("#text", "<img src=x onerror=alert(1)> is this proven?");
    await ada.click("button:has-text('Say it')");
    await ada.waitForURL(/#discussion/);
    seen.steps.push("said " + await ada.locator(".said").innerText());
    await ada.goto(address + "/provision");
    await ada.fill("#name", "shop-new");
    await ada.fill("#owner", "shop_team");
    await ada.selectOption("#environment", "prod");
    await ada.click("button:has-text('Show the declaration')");
    await look(ada, "provision-draft");
    await ada.click("button:has-text('Write the file')");
    await ada.waitForURL(/#shop-new/);
    await look(ada, "provision-declared");
    seen.steps.push("declared " + await ada.locator("#shop-new code").innerText());
    await ada.goto(address + "/");
    await ada.fill("#find", "prod");
    seen.steps.push("found " + await ada.locator("#fleet tr:visible").count());

    await plain.goto(address + "/databases/dev/shop?since=1h");
    seen.steps.push("plain charts " + (await plain.locator(".chart svg path").count() > 10));
    await plain.goto(address + "/ledger?actor=otto");
    seen.steps.push("without script " + await plain.locator("td:has-text('approval.granted')").count());
    await ada.click("text=Sign out");
    await ada.waitForURL(address + "/sign-in");
    seen.steps.push("out");
  } finally {
    await browser.close();
    console.log(JSON.stringify(seen));
  }
})().catch((error) => { console.error(String(error)); process.exit(1); });

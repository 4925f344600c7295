// Called by .ci/browser: opens the pages of a folder, and says what is wrong with them.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [browserFolder, pagesFolder] = process.argv.slice(2);
const require = createRequire(resolve(browserFolder, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(resolve(browserFolder, "node_modules/axe-core/axe.min.js"), "utf8");

// Milliseconds until a page of so many findings is there, and bytes of any page. Twice the time that
// a reader should wait: the machine may be busy.
const LOAD = { "many-5000.html": 2_000, "many-100000.html": 4_000 };
const SIZE = 2_000_000;

const faults = [];
const fault = (page, what) => faults.push(`${page}: ${what}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

async function open(name, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") || request.resourceType() !== "document") {
      fault(name, `asks for ${request.url()}`);
    }
  });
  page.on("console", (message) => {
    if (message.type() === "error") fault(name, `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(name, `script: ${error}`));
  const start = performance.now();
  await page.goto(`file://${resolve(pagesFolder, name)}`, { waitUntil: "load" });
  await page.evaluate(() => document.documentElement.scrollHeight);
  return { context, page, time: performance.now() - start };
}

async function looks(name) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [360, 1280]) {
      const { context, page } = await open(name, { colorScheme, viewport: { width, height: 900 } });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) fault(name, `${over} pixels wider than ${width}`);
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      const opened = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (opened > 0) fault(name, `${opened} pixels wider than ${width} with everything unfolded`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const { id, nodes } of violations) {
        fault(name, `${colorScheme}, ${width}: ${id} (${nodes.length}): ${nodes[0].html.slice(0, 200)}`);
      }
      await context.close();
    }
  }
}

const seen = (page) =>
  page.evaluate(() => [...document.querySelectorAll("#findings [data-severity]")]
    .filter((item) => !item.hidden && !item.closest("[hidden]")).length);

async function filters(name) {
  const { context, page } = await open(name, { viewport: { width: 1280, height: 900 } });
  const all = await seen(page);
  if (await page.locator("form.filter:not([hidden])").count()) {
    await page.focus("form.filter input");
    await page.keyboard.type("no such text");
    const said = await page.locator("form.filter output").textContent();
    if (await seen(page) !== 0 || said !== `0 of ${all} findings shown`) fault(name, `filtered: ${said}`);
    // The filter gives way to a link, also one to the beginning of a fingerprint.
    const anchor = await page.locator("article.finding").first().getAttribute("id");
    await page.evaluate((hash) => (location.hash = hash), anchor.slice(0, 9));
    await page.waitForFunction((n) => document.querySelectorAll("#findings [hidden]").length === 0, 0);
    if (await seen(page) !== all) fault(name, "a link does not show what it leads to");
    const choice = page.locator("form.filter select").first();
    if (await choice.count()) {
      await choice.selectOption({ index: 1 });
      const said = await page.locator("form.filter output").textContent();
      const left = await seen(page);
      if (left < 1 || left >= all || said !== `${left} of ${all} findings shown`) fault(name, `chosen: ${said}`);
    }
    await page.locator("form.filter button").press("Enter");
    await page.waitForTimeout(50);
    if (await seen(page) !== all) fault(name, "not all are shown again");
  } else if (all > 3) {
    fault(name, "no filter");
  }
  const run = await page.evaluate(() => JSON.parse(document.getElementById("crossfoot-run").textContent));
  if (run.findings.length + run.left_out < all) fault(name, `${run.findings.length} findings in its JSON`);
  const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
  const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  if (sheets < 1) fault(name, "prints no page");
  await context.close();
  return { all, sheets };
}

async function withoutScript(name) {
  const { context, page } = await open(name, { javaScriptEnabled: false });
  const shown = await page.locator("article.finding").count();
  if (await page.locator("form.filter").isVisible().catch(() => false)) fault(name, "a filter without script");
  await context.close();
  return shown;
}

for (const name of readdirSync(pagesFolder).filter((file) => file.endsWith(".html")).sort()) {
  const { size } = statSync(resolve(pagesFolder, name));
  const { context, time } = await open(name, { viewport: { width: 1280, height: 900 } });
  await context.close();
  if (size > SIZE) fault(name, `${size} bytes`);
  if (time > (LOAD[name] ?? 2_000)) fault(name, `opened in ${Math.round(time)} ms`);
  const { all, sheets } = await filters(name);
  await withoutScript(name);
  if (!(name in LOAD)) await looks(name);
  console.log(`${name}: ${size} bytes, ${Math.round(time)} ms, ${all} findings, ${sheets} sheets`);
}
await browser.close();
faults.forEach((what) => console.error(what));
process.exit(faults.length ? 1 : 0);

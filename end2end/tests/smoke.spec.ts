// Every page: its status, its name, its heading; nothing in the console, nothing axe knows of, nothing wider than the window, and HTML that a
// parser takes as it stands.

import { accessible, expect, fits, hasScript, hydrated, test, validHtml } from "./fixtures";
import { PAGES } from "./pages";

for (const listed of PAGES) {
  const path = listed.path ?? listed.route;
  test(`${listed.route} opens`, async ({ page }, info) => {
    const response = await page.goto(path);
    expect(response!.status()).toBe(listed.status ?? 200);
    await expect(page).toHaveTitle(listed.title);
    await expect(page.getByRole("heading", { level: 1 }).first()).toHaveText(listed.h1);
    await expect(page.locator("main")).toHaveCount(1);
    if (hasScript(info)) {
      if (listed.route.startsWith("/staff")) await hydrated(page);
      await accessible(page);
      await fits(page);
    }
    if (info.project.name === "js") await validHtml(page, path);
  });
}

test("a path nobody answers says so in words, as 404", async ({ page, watch }, info) => {
  watch.expect(404, /^\/nowhere/);
  for (const path of ["/nowhere", "/nowhere/at/all?x=%3Cscript%3E"]) {
    const response = await page.goto(path);
    expect(response!.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
    await expect(page.getByRole("link", { name: "0800 111 999" })).toHaveAttribute("href", "tel:0800111999");
  }
  if (hasScript(info)) await accessible(page);
});

test("a page carries a policy that allows no foreign and no inline script", async ({ page }) => {
  const policy = (await page.goto("/"))!.headers()["content-security-policy"];
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain("unsafe-inline");
  expect(policy).not.toMatch(/'unsafe-eval'/);
});

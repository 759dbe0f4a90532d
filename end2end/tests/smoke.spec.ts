// Every page: its status, its name, its heading; nothing in the console, nothing axe knows of, nothing wider than the window, and HTML that a
// parser takes as it stands.

import { accessible, expect, fits, hasScript, hydrated, test, validHtml } from "./fixtures";
import { PAGES, routes } from "./pages";

test("every route of the three portals is listed", () => {
  const listed = new Set(PAGES.map((page) => page.route));
  expect(routes().filter((route) => !listed.has(route))).toEqual([]);
  expect([...listed].filter((route) => !routes().includes(route))).toEqual([]);
});

for (const who of ["anybody", "admin", "tenant"] as const) {
  test.describe(`for ${who}`, () => {
    test.use({ as: who === "anybody" ? null : who });

    for (const listed of PAGES.filter((page) => page.who === who)) {
      const name = typeof listed.path === "string" ? listed.path : listed.route + (listed.path ? ", one of them" : "");
      test(`${name} opens`, async ({ page, watch }, info) => {
        const path = typeof listed.path === "function" ? await listed.path(page.request) : (listed.path ?? listed.route);
        if (listed.status === 404) watch.expect(404, new RegExp(`^${listed.route}$`));
        const response = await page.goto(path);
        expect(response!.status()).toBe(listed.status ?? 200);
        if (listed.lands) expect(new URL(page.url()).pathname).toMatch(listed.lands);
        await expect(page).toHaveTitle(listed.title);
        await expect(page.getByRole("heading", { level: 1 }).first()).toHaveText(listed.h1);
        await expect(page.locator("main")).toHaveCount(1);
        if (hasScript(info)) {
          if (listed.route.startsWith("/staff")) await hydrated(page);
          await accessible(page);
          await fits(page);
        } else if (listed.route.startsWith("/staff")) {
          await expect(page.getByRole("alert").filter({ hasText: "The console needs JavaScript" })).toBeVisible();
        }
        if (info.project.name === "js") await validHtml(page, path);
      });
    }
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

// Homes and people: forms that say what is wrong, records that stand afterwards, and spreadsheets that come in whole or not at all.

import { accessible, expect, fits, open, test, unique, type Page } from "./fixtures";
import { PASSWORD, logIn } from "./world";

const main = (page: Page) => page.getByRole("main");
const odd = "<script>alert(1)</script> مرحبا 🏠";

test.beforeEach(async ({ page, world }) => logIn(page.context(), world.admin.email, PASSWORD));

test("a property, its units, its codes, and its end", async ({ page, world }) => {
  await open(page, "/staff/properties/new");
  await page.getByLabel("Year built").fill("long ago");
  await page.getByRole("button", { name: "Save property" }).click();
  await expect(page.locator(".error-summary")).toBeVisible();
  await expect(page.getByLabel("Year built")).toHaveValue("long ago");
  await accessible(page);
  await page.getByLabel("Year built").fill("1974");
  await page.getByLabel("First line").fill("14 Beech Grove");
  await page.getByLabel("Name of the building").fill(odd);
  await page.getByLabel("Town or city").fill("Leeds");
  await page.getByLabel("Postcode").fill("ls116ab");
  await page.getByLabel("Kind").selectOption({ index: 1 });
  await page.getByLabel("Tenure").selectOption({ index: 1 });
  await page.getByLabel("Landlord").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Save property" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(odd);
  await expect(main(page)).toContainText("LS11 6AB");

  await page.getByRole("button", { name: "Add unit" }).click();
  const unit = page.getByRole("dialog", { name: "Add a unit" });
  await unit.getByRole("button", { name: "Add unit" }).click();
  await expect(unit.locator(".field__error")).toBeVisible();
  await unit.getByLabel("Name").fill("Flat 7");
  await unit.getByRole("button", { name: "Add unit" }).click();
  await expect(page.getByRole("link", { name: "Flat 7" })).toBeVisible();

  await page.getByRole("button", { name: "Add access codes" }).click();
  const codes = page.getByRole("dialog", { name: "Set access codes" });
  await codes.getByLabel("Codes").fill("C4471Y");
  await codes.getByRole("button", { name: "Save codes" }).click();
  await page.getByRole("button", { name: "Show access codes" }).click();
  const look = page.getByRole("dialog", { name: "Access codes" });
  await look.getByRole("button", { name: "Show codes" }).click();
  await expect(look.locator(".field__error")).toBeVisible();
  await look.getByLabel("Why you need them").fill("Plumber at the door");
  await look.getByRole("button", { name: "Show codes" }).click();
  await expect(look).toContainText("C4471Y");
  await page.keyboard.press("Escape");
  await fits(page);

  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByLabel("First line").fill("15 Beech Grove");
  await page.getByRole("button", { name: "Save property" }).click();
  await expect(main(page)).toContainText("15 Beech Grove");
  expect((await world.get("/properties")).items).toHaveLength(1);
});

test("a contact becomes a tenant of a home, and leaves it", async ({ page, world }) => {
  const home = await world.home("9 Elm Row");
  const name = `Tess ${unique("Hall")}`;
  await open(page, "/staff/contacts/new?kind=tenant");
  await page.getByLabel("E-mail").fill("nobody");
  await page.getByLabel("Full name").fill("x".repeat(119));
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.locator(".field__error").first()).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue("nobody");
  await accessible(page);
  await page.getByLabel("E-mail").fill(`${unique("tess")}@example.com`);
  await page.getByLabel("Full name").fill(name);
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);

  await open(page, `/staff/tenancies/new?unit=${home.unit}`);
  await page.getByRole("button", { name: "Save tenancy" }).click();
  await expect(page.locator(".error-summary")).toBeVisible();
  await page.getByLabel("Tenants").fill(name.split(" ")[1]!);
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await page.getByLabel("First day").fill("2025-01-01");
  await page.getByRole("button", { name: "Save tenancy" }).click();
  await expect(page).toHaveURL(new RegExp(home.property));
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await page.getByRole("button", { name: "End tenancy" }).first().click();
  const end = page.getByRole("dialog", { name: "End this tenancy" });
  await end.getByLabel("Last day").fill("2025-06-30");
  await end.getByRole("button", { name: "End tenancy" }).click();
  await expect(main(page)).not.toContainText(name);
});

test("a spreadsheet comes in whole or not at all, with what is wrong by row", async ({ page, world }) => {
  await open(page, "/staff/import");
  const template = await (await page.request.get("/staff/import/template/properties.csv")).text();
  const columns = template.split(/\r?\n/)[0]!.replace(/^\uFEFF/, "").split(",");
  const row = (given: Record<string, string>) => columns.map((c) => given[c.replaceAll('"', "")] ?? "").join(",");
  const good = { reference: "B1", kind: "house", line1: "1 Beech Grove", city: "Leeds", postcode: "LS11 6AB", country: "england", nation: "england", tenure: "social_rent", landlord_kind: "housing_association", landlord: "housing_association" };
  const file = (rows: Record<string, string>[]) => ({ name: "homes.csv", mimeType: "text/csv", buffer: Buffer.from([columns.join(","), ...rows.map(row)].join("\n")) });
  await page.getByLabel("CSV file").setInputFiles(file([good, { ...good, reference: "B2", postcode: "nowhere" }]));
  await expect(main(page)).toContainText("Nothing was imported");
  await expect(page.getByRole("row").filter({ hasText: "postcode" }).first()).toContainText("3");
  await accessible(page);
  await fits(page);
  expect((await world.get("/properties")).items).toHaveLength(0);
  await page.getByLabel("CSV file").setInputFiles(file([good, { ...good, reference: "B2", line1: "2 Beech Grove" }]));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  // Each house comes with its unit.
  await expect(main(page)).toContainText("4 new, 0 changed");
  expect((await world.get("/properties")).items).toHaveLength(2);
});

test("settings: the emergency number reaches the public page, and a wrong one is refused", async ({ page, world }) => {
  await open(page, "/staff/settings");
  await page.getByLabel("Emergency number").fill("not a number");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.locator(".field__error").first()).toBeVisible();
  await expect(page.getByLabel("Emergency number")).toHaveValue("not a number");
  await page.getByLabel("Emergency number").fill("0113 496 0177");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.goto(`/r/${world.slug}`);
  await page.getByRole("link", { name: "It is an emergency" }).click();
  await expect(main(page).getByRole("link", { name: "0113 496 0177" })).toHaveAttribute("href", "tel:01134960177");
  await page.goto("/emergency");
  await expect(main(page)).not.toContainText("0113 496 0177");
});

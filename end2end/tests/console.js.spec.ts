// The console at work: the queue and its keys, a case from call to triage, two people at once. Each test has an organisation of its own.

import { readFileSync } from "node:fs";
import { accessible, expect, fits, hydrated, open, test, type Page } from "./fixtures";
import { PASSWORD, logIn, type World } from "./world";

const main = (page: Page) => page.getByRole("main");
const isPhone = (page: Page) => page.viewportSize()!.width < 600;

async function admin(page: Page, world: World) {
  await logIn(page.context(), world.admin.email, PASSWORD);
  return page;
}

test("the queue: filters and search stand in the address, the board, a saved view, pages and the file", async ({ page, world }) => {
  test.slow();
  const home = await world.home("14 Beech Grove", "LS11 6AB");
  const other = await world.home("9 Elm Row", "BS6 5BZ");
  await world.ticket(home, "Boiler shows F1", { priority: "URGENT", category: "HVAC" });
  await world.ticket(other, "Dripping tap");
  for (let n = 0; n < 50; n++) await world.ticket(home, `Light ${n} flickers`, { category: "ELECTRICAL" });
  await admin(page, world);
  await open(page, "/staff/tickets");
  await expect(main(page)).toContainText("50 tickets on this page");
  await page.getByRole("link", { name: "Next", exact: false }).last().click();
  await expect(page).toHaveURL(/cursor=/);
  await expect(main(page)).toContainText("2 tickets on this page");
  await page.reload();
  await hydrated(page);
  await expect(main(page)).toContainText("2 tickets on this page");

  await open(page, "/staff/tickets");
  await page.getByRole("combobox", { name: "Priority" }).selectOption("URGENT");
  await expect(page).toHaveURL(/priority=URGENT/);
  await expect(page.getByRole("link", { name: "Boiler shows F1" })).toBeVisible();
  await expect(page.getByRole("link", { name: /flickers/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Hot ones");
  await page.getByRole("dialog").getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("link", { name: "Hot ones" })).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).not.toHaveURL(/priority/);
  await page.getByRole("link", { name: "Hot ones" }).click();
  await expect(page).toHaveURL(/priority=URGENT/);

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export" }).click()]);
  const csv = readFileSync(await download.path(), "utf8");
  expect(csv).toContain("Boiler shows F1");
  expect(csv).not.toContain("flickers");

  await page.getByRole("button", { name: "Remove view" }).click();
  await expect(page.getByRole("link", { name: "Hot ones" })).toHaveCount(0);
  await page.getByRole("link", { name: "Clear" }).click();
  await page.getByRole("searchbox", { name: /Reference, name/ }).fill("BS6");
  await expect(page).toHaveURL(/q=BS6/);
  await expect(page.getByRole("link", { name: "Dripping tap" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Boiler shows F1" })).toHaveCount(0);
  await page.getByRole("searchbox", { name: /Reference, name/ }).fill("<script>alert(1)</script>");
  await expect(main(page)).toContainText("Nothing has “<script>alert(1)</script>”");

  await open(page, "/staff/tickets");
  await page.getByRole("link", { name: "Board", exact: true }).click();
  await expect(page).toHaveURL(/view=board/);
  await expect(page.getByRole("link", { name: /Boiler shows F1/ })).toBeVisible();
  await page.getByRole("link", { name: /Boiler shows F1/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Boiler shows F1");
});

test("the keyboard goes through the queue, finds pages, and can be switched off", async ({ page, world }) => {
  test.skip(isPhone(page), "a phone has no keyboard");
  const home = await world.home();
  await world.ticket(home, "First fault");
  await world.ticket(home, "Second fault");
  await admin(page, world);
  await open(page, "/staff/tickets");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/peek=/);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/peek=/);
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: /Reference, name/ })).toBeFocused();
  await page.keyboard.type("c?");
  await expect(page.getByRole("searchbox", { name: /Reference, name/ })).toHaveValue("c?");
  await open(page, "/staff/tickets");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await accessible(page);
  await page.getByLabel("Use single-key shortcuts in this browser").uncheck({ force: true });
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("combobox", { name: "Search, or go to a page" });
  await expect(palette).toBeFocused();
  await expect(page, "single keys are off, Control K is not").toHaveURL(/\/staff\/tickets$/);
  await palette.fill("sett");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/staff\/settings$/);
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await palette.fill("second");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=second/);
  await expect(page.getByRole("link", { name: "Second fault" })).toBeVisible();
});

test("a caller's ticket: what is missing is said by field, nothing typed is lost, and the case opens", async ({ page, world }) => {
  const home = await world.home("14 Beech Grove");
  await world.tenant(home, "Tina Tenant");
  await admin(page, world);
  await open(page, "/staff/tickets/new");
  const odd = "<script>document.title='x'</script> مرحبا 👩‍🔧";
  await page.getByLabel("What they said").fill(odd);
  await page.getByRole("button", { name: "Create ticket" }).click();
  await expect(page.locator(".error-summary")).toBeVisible();
  await expect(page.getByLabel("What they said")).toHaveValue(odd);
  await accessible(page);
  await page.getByLabel("In a few words").fill(odd);
  await page.getByLabel("Find the home").fill("beech");
  await page.getByRole("button", { name: /14 Beech Grove/ }).click();
  await expect(page.getByRole("radio", { name: /Tina Tenant/ })).toBeChecked();
  await page.getByRole("radio", { name: "Urgent" }).check({ force: true });
  await page.getByRole("button", { name: "Create ticket" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(odd);
  await expect(main(page)).toContainText("Tina Tenant");
  await fits(page);
});

test("triage with every field; an internal note stays inside and a public one reaches the tenant", async ({ page, another, world }) => {
  const home = await world.home();
  const tenant = await world.tenant(home);
  await world.colleague("Coordinator", "Cora Lee");
  const { id } = await world.ticket(home, "Gutter leaks", { priority: "URGENT" });
  await admin(page, world);
  await open(page, `/staff/tickets/${id}`);
  const triage = page.locator("#triage");
  await triage.getByRole("radio", { name: "Routine" }).check({ force: true });
  await triage.getByLabel("Category").selectOption("STRUCTURAL");
  await triage.getByLabel("Owner").selectOption({ label: "Cora Lee" });
  await page.getByRole("button", { name: "Save and mark as triaged" }).click();
  await expect(triage.locator(".field__error"), "a lower priority wants a reason").toBeVisible();
  await expect(triage.getByRole("radio", { name: "Routine" })).toBeChecked();
  await triage.getByLabel("Reason").fill("It drips outside only");
  await page.getByRole("button", { name: "Save and mark as triaged" }).click();
  await expect(main(page)).toContainText("Choose who does the work");
  expect(await world.get(`/tickets/${id}`)).toMatchObject({ status: "TRIAGED", priority: "ROUTINE", category: "STRUCTURAL" });
  await expect(main(page)).toContainText("It drips outside only");

  const note = page.locator("#note");
  await note.getByRole("button", { name: "Add note" }).click();
  await expect(note.locator(".field__error")).toBeVisible();
  await note.getByLabel("Note").fill("Between us <b>only</b>");
  await note.getByRole("button", { name: "Add note" }).click();
  await expect(main(page).locator(".timeline")).toContainText("Between us <b>only</b>");
  await expect(note.getByLabel("Note")).toHaveValue("");
  await note.getByLabel("Note").fill("We come on Friday");
  await note.getByText("Tenant too").click();
  await note.getByRole("button", { name: "Write to the tenant" }).click();
  await expect(main(page).locator(".timeline")).toContainText("We come on Friday");

  const theirs = await another(tenant.email);
  await theirs.goto(`/repairs/${id}`);
  await expect(theirs.getByRole("main")).toContainText("We come on Friday");
  await expect(theirs.getByRole("main")).toContainText("We are arranging the repair");
  for (const hidden of ["Between us", "It drips outside only"]) await expect(theirs.getByRole("main")).not.toContainText(hidden);

  await page.getByRole("button", { name: "Mark as assigned" }).click();
  await expect(main(page)).toContainText("Waiting for the work to start");
  await page.getByRole("button", { name: "Cancel the ticket" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel the ticket" }).click();
  await expect(dialog.locator(".field__error")).toBeVisible();
  await dialog.getByLabel("Why it is cancelled").fill("Reported twice");
  await dialog.getByRole("button", { name: "Cancel the ticket" }).click();
  await expect(main(page)).toContainText("Reported twice");
  await accessible(page);
});

test("two coordinators at once: the second sees the first's change and overwrites nothing", async ({ page, another, world, watch }) => {
  const { id } = await world.ticket(await world.home(), "Gutter leaks");
  const cora = await world.colleague("Coordinator");
  await admin(page, world);
  await open(page, `/staff/tickets/${id}`);
  const second = await another(cora.email);
  await open(second, `/staff/tickets/${id}`);
  await second.locator("#triage").getByLabel("Category").selectOption("DAMP_MOULD");

  await page.locator("#triage").getByRole("radio", { name: "Emergency" }).check({ force: true });
  await page.locator("#triage").getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await expect(second.getByText("Somebody changed these meanwhile")).toBeVisible();
  await expect(second.locator("#triage").getByLabel("Category"), "what was chosen stays").toHaveValue("DAMP_MOULD");
  watch.expect(409, /^\/rpc\//);
  await second.locator("#triage").getByRole("button", { name: "Save", exact: true }).click();
  await expect(second.locator("#triage").getByRole("alert")).toBeVisible();
  expect(await world.get(`/tickets/${id}`)).toMatchObject({ priority: "EMERGENCY", category: "PLUMBING" });
  await second.getByRole("button", { name: "Show what it is now" }).click();
  await expect(second.locator("#triage").getByRole("radio", { name: "Emergency" })).toBeChecked();
  await second.locator("#triage").getByLabel("Category").selectOption("DAMP_MOULD");
  await second.locator("#triage").getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => (await world.get(`/tickets/${id}`)).category).toBe("DAMP_MOULD");
  expect(await world.get(`/tickets/${id}`)).toMatchObject({ priority: "EMERGENCY" });
});

test("what belongs to another organisation, or to nobody, is not there", async ({ page, world, watch, baseURL }, info) => {
  const { World, apiOf } = await import("./world");
  const elm = await World.found(await apiOf(baseURL!, { "X-Forwarded-For": `10.253.${info.parallelIndex}.${info.project.name.length}` }));
  const theirs = await elm.home();
  const { id } = await elm.ticket(theirs, "Not yours");
  const contact = await elm.contact("owner");
  await admin(page, world);
  watch.expect(404, /^\/staff\//);
  for (const path of [`/staff/tickets/${id}`, `/staff/properties/${theirs.property}`, `/staff/properties/${theirs.property}/edit`, `/staff/units/${theirs.unit}`, `/staff/contacts/${contact.id}`, "/staff/tenancies/nonsense", "/staff/nowhere"]) {
    const response = await open(page, path);
    expect(response!.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
    await expect(main(page)).not.toContainText("Not yours");
  }
  await accessible(page);
});

test("a viewer reads and is offered nothing to change", async ({ page, world }) => {
  const home = await world.home();
  const { id } = await world.ticket(home, "Gutter leaks");
  const viewer = await world.colleague("Viewer");
  await logIn(page.context(), viewer.email, PASSWORD);
  await open(page, `/staff/tickets/${id}`);
  await expect(page.locator("#triage")).toHaveCount(0);
  await expect(page.locator("#note")).toHaveCount(0);
  for (const path of ["/staff/tickets/new", "/staff/properties/new", "/staff/contacts/new", "/staff/import"]) {
    await open(page, path);
    await expect(main(page)).toContainText("Ask an administrator");
  }
});

// A tenant's own repairs: what happened, a word and a photo from them, and whether it is fixed.

import { accessible, expect, fits, hasScript, test } from "./fixtures";
import { post } from "./world";

test("a tenant follows a repair, writes, adds a photo, says that it is not fixed and then that it is", async ({ another, world }, info) => {
  const home = await world.home();
  const tenant = await world.tenant(home);
  const { id, reference } = await world.ticket(home, "Gutter leaks");
  await world.send("POST", `/tickets/${id}/notes`, { body: "Only we read this", visibility: "internal" });
  const page = await another(tenant.email);
  await page.goto("/repairs");
  await expect(page.getByRole("main")).toContainText(reference);
  await page.getByRole("link", { name: "Gutter leaks" }).click();
  const main = page.getByRole("main");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Gutter leaks");
  await expect(main).toContainText("We have got your report");
  await expect(main).not.toContainText("Only we read this");

  const odd = "It is worse <img src=x onerror=alert(1)> שלום 🪣";
  await page.getByRole("button", { name: "Send message" }).click();
  await expect(page.locator(".field__error").first()).toBeVisible();
  if (hasScript(info)) await accessible(page);
  await page.getByLabel("Your message").fill(odd);
  await page.getByRole("button", { name: "Send message" }).click();
  await expect(main).toContainText("Your message was sent.");
  await expect(page.locator("#story")).toContainText(odd);

  const photo = await page.screenshot({ type: "jpeg" });
  await page.getByLabel("Add photos").setInputFiles({ name: "gutter.jpg", mimeType: "image/jpeg", buffer: photo });
  await page.locator("button").filter({ hasText: "Add photos" }).click();
  await expect(main).toContainText("Your photo was added");
  if (hasScript(info)) await fits(page);

  for (const status of ["ASSIGNED", "IN_PROGRESS", "COMPLETED"]) await world.move(id, status);
  await page.goto(`/repairs/${id}`);
  await page.getByRole("button", { name: "Send answer" }).click();
  await expect(main).toContainText("Select whether it is fixed");
  await page.getByLabel("No, it is not fixed").check({ force: true });
  await page.getByLabel("What is still wrong?").fill("It still leaks");
  await page.getByRole("button", { name: "Send answer" }).click();
  await expect(main).toContainText("The repair is open again");
  expect(await world.get(`/tickets/${id}`)).toMatchObject({ status: "TRIAGED" });

  for (const status of ["ASSIGNED", "IN_PROGRESS", "COMPLETED"]) await world.move(id, status);
  await page.goto(`/repairs/${id}`);
  await page.getByLabel("Yes, it is fixed").check({ force: true });
  await page.getByRole("button", { name: "Send answer" }).click();
  await expect(main).toContainText("We are glad it is fixed");
  expect(await world.get(`/tickets/${id}`)).toMatchObject({ status: "CLOSED" });
});

test("somebody else's repair is not there, and a form without a log-in comes back with what was typed", async ({ another, page, watch, world }) => {
  const [home, other] = [await world.home(), await world.home()];
  const tenant = await world.tenant(home);
  const { id: foreign } = await world.ticket(other, "Not theirs");
  const { id } = await world.ticket(home, "Theirs");
  const mine = await another(tenant.email);
  watch.expect(404, /^\/repairs\//);
  for (const gone of [foreign, "nonsense", "01930000-0000-7000-8000-000000000001"]) {
    expect((await mine.goto(`/repairs/${gone}`))!.status()).toBe(404);
    await expect(mine.getByRole("heading", { level: 1 })).toHaveText("We could not find that page");
  }
  // The session ended while they wrote: they log in and find their words.
  const login = (await post(page.request, `/repairs/${id}/note`, { note: "A long story" })).headers()["location"]!;
  expect(login).toMatch(/^\/login\?next=/);
  await page.goto(login);
  await page.getByLabel("Email address").fill(tenant.email);
  await page.getByLabel("Password").fill("three-random-words-26");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByLabel("Your message")).toHaveValue("A long story");
});

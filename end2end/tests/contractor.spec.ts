// A contractor with a telephone and no password: the link in the email, yes, times, the visit, done. With script and without.

import { accessible, expect, fits, hasScript, test } from "./fixtures";
import { linkTo } from "./world";

test("a work order is opened by its link, accepted, booked, visited and done", async ({ another, world }, info) => {
  const home = await world.home();
  const tenant = await world.tenant(home);
  const trade = await world.contact("contractor", "Carl Pipe");
  const ticket = await world.ticket(home, "Tap drips");
  const order = await world.send("POST", "/work-orders", { ticketId: ticket.id, description: "Mend the kitchen tap" });
  await world.send("PATCH", `/work-orders/${order.id}/assign`, { contractorId: trade.id, despite: "They know the house" });

  const page = await another();
  const main = page.getByRole("main");
  const link = await linkTo(page.request, trade.email, /Work order|Can you/, "/w/");
  await page.goto(link);
  // Opening it changes nothing: it is still only offered, and nobody is named.
  await expect(main).not.toContainText(tenant.name);
  if (hasScript(info)) await accessible(page);
  await page.getByRole("button", { name: "Open the work order" }).click();
  await expect(page).toHaveURL(new RegExp(`/work/${order.id}`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tap drips");
  await expect(main).toContainText(home.postcode);
  await expect(main).not.toContainText(tenant.name);
  if (hasScript(info)) {
    await accessible(page);
    await fits(page);
  }

  await page.getByRole("button", { name: "Accept this work" }).click();
  await expect(main).toContainText("It is yours");
  await expect(main).toContainText(tenant.name);

  // A time that nobody can read comes back with what was typed.
  await page.getByText("We agreed a time by telephone").click();
  const booking = page.locator("form[data-act=book]");
  await booking.getByLabel("Day").fill("soon");
  await booking.getByRole("button", { name: "Book it" }).click();
  await expect(page.locator("form[data-act=book]").getByLabel("Day")).toHaveValue("soon");
  const day = new Date(Date.now() + 3 * 86_400_000);
  await page.locator("form[data-act=book]").getByLabel("Day").fill(`${day.getDate()}/${day.getMonth() + 1}/${day.getFullYear()}`);
  await page.locator("form[data-act=book]").getByRole("button", { name: "Book it" }).click();
  await expect(main).toContainText("The visit is booked");

  await page.getByRole("button", { name: "I am on site" }).click();
  await expect(main).toContainText("You are on site");
  await page.getByRole("button", { name: "The work is done" }).click();
  await expect(main).toContainText("Say what was done");
  await page.getByLabel("What did you do?").fill("New washer <b>fitted</b> 🔧");
  await page.getByLabel("Fixed", { exact: true }).check({ force: true });
  await page.getByRole("button", { name: "The work is done" }).click();
  await expect(main).toContainText("The tenant is asked whether it is fixed");
  expect(await world.get(`/tickets/${ticket.id}`)).toMatchObject({ status: "COMPLETED" });
  if (hasScript(info)) await fits(page);
});

test("an offer is declined with its reason, and a link that ended says so", async ({ another, world, watch }) => {
  watch.expect(404, /^\/w\//);
  const home = await world.home();
  const trade = await world.contact("contractor", "Dana Drain");
  const order = await world.send("POST", "/work-orders", { unitId: home.unit, title: "Clear the drain", category: "PLUMBING", priority: "ROUTINE", description: "Rod it" });
  await world.send("PATCH", `/work-orders/${order.id}/assign`, { contractorId: trade.id, despite: "Nobody else is near" });
  const page = await another();
  await page.goto(await linkTo(page.request, trade.email, /Work order|Can you/, "/w/"));
  await page.getByRole("button", { name: "Open the work order" }).click();
  await page.getByText("I cannot take it").click();
  await page.getByLabel(/^Why\?/).fill("We are on holiday");
  await page.getByRole("button", { name: "Decline" }).click();
  await expect(page.getByRole("main")).toContainText("You declined it");
  const answer = await page.goto("/w/nobody-has-this-one");
  expect(answer!.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link has ended");
});

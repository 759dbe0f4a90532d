// What happens shows where somebody looks, without a reload.

import { expect, open, test } from "./fixtures";
import { PASSWORD, logIn, post } from "./world";

test("a tenant's report appears on an open board, and its triage on the tenant's page", async ({ page, another, world }) => {
  const home = await world.home();
  const tenant = await world.tenant(home);
  await logIn(page.context(), world.admin.email, PASSWORD);
  await open(page, "/staff/tickets?view=board");
  await expect(page.locator("html[data-live]")).toBeAttached();

  const theirs = await another(tenant.email);
  const first = (await post(theirs.context().request, "/report")).headers()["location"]!;
  const draft = first.replace("/emergency", "");
  const answers: [string, Record<string, string>][] = [
    ["emergency", { emergency: "none" }],
    ["where", { where: "none" }],
    ["details", { details: "The letter box is loose" }],
    ["access", { access: "someone_in" }],
    ["needs", { needs: "none" }],
  ];
  for (const [step, form] of answers) {
    if (step === "access") await theirs.context().request.post(`${draft}/photos`, { multipart: { then: "continue" }, headers: { Accept: "text/html", "Sec-Fetch-Site": "same-origin" } });
    await post(theirs.context().request, `${draft}/${step}`, form);
  }
  await theirs.goto(`${draft}/check`);
  await theirs.getByRole("button", { name: "Report this repair" }).click();
  await theirs.getByRole("link", { name: "See this repair" }).click();
  await expect(theirs.locator("html[data-live]")).toBeAttached();

  const card = page.getByRole("link", { name: /letter box/ });
  await expect(card).toBeVisible();
  await card.click();
  await page.getByRole("button", { name: "Save and mark as triaged" }).click();
  await expect(theirs.getByRole("main")).toContainText("We are arranging the repair");
});

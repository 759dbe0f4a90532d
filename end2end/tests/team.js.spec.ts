// The team: invited, given another role, gone, and asked again.

import { accessible, expect, fits, open, test, unique, type Page } from "./fixtures";
import { PASSWORD, linkTo, logIn } from "./world";

const line = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

test("a colleague is invited, withdrawn, invited again, comes in, changes role, and their access ends", async ({ page, another, watch, world }) => {
  const email = `${unique("cora")}@example.com`;
  await logIn(page.context(), world.admin.email, PASSWORD);
  await open(page, "/staff/team");
  await page.getByRole("button", { name: "Invite a colleague" }).first().click();
  const invite = page.getByRole("dialog", { name: "Invite a colleague" });
  await invite.getByRole("button", { name: "Send the invitation" }).click();
  await expect(invite.locator(".field__error").first()).toBeVisible();
  await accessible(page);
  await invite.getByLabel("Name", { exact: true }).fill("Cora Lee");
  await invite.getByLabel("E-mail").fill(email);
  await invite.getByRole("radio", { name: "Coordinator" }).check({ force: true });
  await invite.getByRole("button", { name: "Send the invitation" }).click();
  await expect(line(page, "Cora Lee")).toContainText("Invited");
  await fits(page);

  await page.getByRole("button", { name: "Change Cora Lee" }).click();
  await page.getByRole("button", { name: "Withdraw the invitation" }).click();
  await page.getByRole("dialog", { name: "Withdraw the invitation" }).getByRole("button", { name: "Withdraw", exact: true }).click();
  await expect(line(page, "Cora Lee")).toContainText("Invitation withdrawn");
  await page.getByRole("button", { name: /^Invite again ?: Cora Lee/ }).click();
  await expect(line(page, "Cora Lee")).toContainText("Invited");

  const hers = await another();
  await hers.goto(await linkTo(page.request, email, /invites you/, "/invite?token="));
  await hers.getByLabel("Choose a password").fill(PASSWORD);
  await hers.getByRole("button", { name: "Accept" }).click();
  await expect(hers).toHaveURL(/\/staff$/);

  await open(page, "/staff/team");
  await expect(line(page, "Cora Lee")).toContainText("Active");
  await page.getByRole("button", { name: "Change Cora Lee" }).click();
  await page.getByRole("button", { name: "Change role" }).first().click();
  const role = page.getByRole("dialog", { name: /role/i });
  await role.getByRole("combobox").selectOption("Viewer");
  await role.getByRole("button", { name: "Change role" }).click();
  await expect(line(page, "Cora Lee")).toContainText("Viewer");

  await page.getByRole("button", { name: "Change Cora Lee" }).click();
  // Her open page asks again and is told that she is out.
  watch.expect(401, /^\/rpc\/staff\//);
  await page.getByRole("button", { name: "End access" }).first().click();
  await page.getByRole("dialog", { name: "End access" }).getByRole("button", { name: "End access" }).click();
  await expect(line(page, "Cora Lee")).toContainText("Access ended");
  await hers.goto("/staff");
  await expect(hers).toHaveURL(/\/login/);
  await page.getByRole("button", { name: /^Give access back ?: Cora Lee/ }).click();
  await expect(line(page, "Cora Lee")).toContainText("Active");
});

// Everybody's way in and out, and one's own account. No page here runs a script: the three projects do the same.

import { createHmac } from "node:crypto";
import { accessible, expect, hasScript, test, unique, type Page } from "./fixtures";
import { PASSWORD, linkTo, logIn, post } from "./world";

const main = (page: Page) => page.getByRole("main");
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** The six digits an authenticator app shows for this key (RFC 6238: SHA-1, 30 seconds). */
function totp(key: string, steps = 0): string {
  const bits = [...key.replace(/[\s=]/g, "").toUpperCase()].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", secret).update(counter).digest();
  return String((hash.readUInt32BE(hash[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function logInByForm(page: Page, email: string, password: string) {
  await page.goto("/login");
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password").fill(password);
  await press(page, "Log in");
}

test("an organisation registers, confirms its address, logs out and in again", async ({ page, watch }, info) => {
  const email = `${unique("una")}@example.com`;
  await page.goto("/register");
  await press(page, "Register");
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.locator(".error-summary li")).toHaveCount(4);
  if (hasScript(info)) await accessible(page);
  await page.getByLabel("Organisation").fill("Elm <b>Homes</b> 🏠");
  await page.getByLabel("Your name").fill("Una Ümlaut");
  await page.getByLabel("Your email address").fill("una(at)example");
  await page.getByLabel("Password").fill("short");
  await press(page, "Register");
  await expect(page.getByLabel("Organisation")).toHaveValue("Elm <b>Homes</b> 🏠");
  await expect(page.getByLabel("Your email address")).toHaveValue("una(at)example");
  await expect(page.getByLabel("Password")).toHaveValue("");
  await page.getByLabel("Your email address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Register");
  await expect(page).toHaveURL(/\/staff$/);

  await page.goto("/account");
  await expect(main(page)).toContainText("Elm <b>Homes</b> 🏠");
  await expect(main(page)).toContainText("Confirm your email address");
  const link = await linkTo(page.request, email, /^Confirm your email address/, "/verify?token=");
  await page.goto(link);
  await expect(main(page)).toContainText(email);
  await press(page, "Yes, it is mine");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you. Your address is confirmed");
  await page.goto("/account");
  await expect(main(page)).not.toContainText("Confirm your email address");
  watch.expect(404, /^\/verify$/);
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");

  await page.goto("/logout");
  await press(page, "Log out");
  await expect(page).toHaveURL(/\/login$/);
  await page.goto("/account");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Log in");
  await expect(page).toHaveURL(/\/account$/);

  // Registered twice: a sentence, and nothing lost.
  await page.context().clearCookies();
  await page.goto("/register");
  await page.getByLabel("Organisation").fill("Elm");
  await page.getByLabel("Your name").fill("Una");
  await page.getByLabel("Your email address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Register");
  await expect(page.locator(".field__error")).toContainText("There is an account with this email address");
});

test("a wrong password is one sentence, whoever it is, and the eleventh try in a minute is told to wait", async ({ page, watch, world }) => {
  const refusals: string[] = [];
  for (const email of [world.admin.email, `${unique("nobody")}@example.com`]) {
    await logInByForm(page, email, "wrong-wrong-wrong");
    await expect(page).toHaveTitle(/^Error: /);
    await expect(page.getByLabel("Email address")).toHaveValue(email);
    refusals.push((await page.locator(".error-summary").textContent())!);
  }
  expect(refusals[0]).toBe(refusals[1]);
  for (let tries = 0; tries < 9; tries++) await post(page.request, "/rpc/account/login/log_in", { email: world.admin.email, password: "wrong-wrong-wrong" });
  watch.expect(429, /^\/login$/);
  await logInByForm(page, world.admin.email, PASSWORD);
  await expect(main(page)).toContainText(/too many attempts\. Try again in \d+ seconds/);
});

test("a forgotten password is set anew by a link that works once", async ({ page, another, watch, world }) => {
  const elsewhere = await another(world.admin.email);
  await page.goto("/reset");
  await page.getByLabel("Email address").fill(world.admin.email);
  await press(page, "Send the link");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Look in your inbox");
  const link = await linkTo(page.request, world.admin.email, /^Set a new password/, "/reset/confirm?token=");
  // A mail scanner was here.
  await page.request.get(link);
  await page.goto(link);
  await page.getByLabel("New password").fill("short");
  await press(page, "Set the password");
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByLabel("New password").fill("another-three-words-26");
  await press(page, "Set the password");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your new password is set");
  watch.expect(404, /^\/reset\/confirm$/);
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");
  await elsewhere.goto("/account");
  await expect(elsewhere, "signed out everywhere").toHaveURL(/\/login\?next=/);
  await logInByForm(page, world.admin.email, "another-three-words-26");
  await expect(page).toHaveURL(/\/staff$/);
});

test("a link by e-mail is a way in, once", async ({ page, another, watch, world }) => {
  await page.goto("/magic");
  await page.getByLabel("Email address").fill(world.admin.email);
  await press(page, "Send the link");
  const link = await linkTo(page.request, world.admin.email, /^Your link to log in/, "/magic/confirm?token=");
  await page.goto(link);
  await press(page, "Log in");
  await expect(page).toHaveURL(/\/staff$/);
  watch.expect(404, /^\/magic\/confirm$/);
  const late = await another();
  await late.goto(link);
  await expect(late.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");
  await late.getByRole("link", { name: "Ask for a new link" }).click();
  await expect(late.getByRole("heading", { level: 1 })).toHaveText("Log in by email");
});

test("a second factor is turned on, asked for, replaced by a recovery code once, and turned off", async ({ page, another, world }, info) => {
  await logIn(page.context(), world.admin.email, PASSWORD);
  await page.goto("/account/second-factor");
  const key = (await page.locator(".account-key").textContent())!;
  await page.getByLabel("Six digits").fill("000000");
  await press(page, "Turn it on");
  await expect(page).toHaveTitle(/^Error: /);
  expect(await page.locator(".account-key").textContent(), "the key that was scanned still holds").toBe(key);
  await page.getByLabel("Six digits").fill(totp(key));
  await press(page, "Turn it on");
  await expect(main(page)).toContainText("Keep these recovery codes");
  const codes = await page.locator(".account-codes li").allTextContents();
  expect(codes.length).toBeGreaterThanOrEqual(8);
  if (hasScript(info)) await accessible(page);

  const phone = await another();
  await logInByForm(phone, world.admin.email, PASSWORD);
  await expect(phone.getByRole("heading", { level: 1 })).toHaveText("Enter your code");
  await phone.getByLabel("Code").fill("123");
  await press(phone, "Continue");
  await expect(phone).toHaveTitle(/^Error: /);
  await phone.getByLabel("Code").fill(totp(key, 1));
  await press(phone, "Continue");
  await expect(phone).toHaveURL(/\/staff$/);

  const lost = await another();
  await logInByForm(lost, world.admin.email, PASSWORD);
  await lost.getByLabel("Code").fill(codes[0]!);
  await press(lost, "Continue");
  await expect(lost).toHaveURL(/\/staff$/);
  const again = await another();
  await logInByForm(again, world.admin.email, PASSWORD);
  await again.getByLabel("Code").fill(codes[0]!);
  await press(again, "Continue");
  await expect(again, "a recovery code works once").toHaveTitle(/^Error: /);

  await page.goto("/account/second-factor");
  await expect(main(page)).toContainText(`${codes.length - 1} unused recovery codes`);
  await page.getByLabel("Your password").fill(PASSWORD);
  await press(page, "Turn it off");
  await expect(main(page)).toContainText("Your second factor is off.");
});

test("whoever is signed in somewhere else is seen and signed out", async ({ page, another, world }, info) => {
  await logIn(page.context(), world.admin.email, PASSWORD);
  const elsewhere = await another(world.admin.email);
  await page.goto("/account");
  await expect(page.getByText("This device")).toHaveCount(1);
  if (hasScript(info)) await accessible(page);
  await page.getByRole("button", { name: /^Sign out ?: / }).first().click();
  await expect(main(page)).toContainText("That place is signed out.");
  await press(page, "Sign out everywhere else");
  await expect(main(page)).toContainText("Everywhere else is signed out.");
  await elsewhere.goto("/account");
  await expect(elsewhere).toHaveURL(/\/login\?next=/);

  await page.getByLabel("As your colleagues and contacts see it").fill("");
  await press(page, "Save the name");
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByLabel("As your colleagues and contacts see it").fill("Olive <i>Ash</i>");
  await press(page, "Save the name");
  await expect(page.getByLabel("As your colleagues and contacts see it")).toHaveValue("Olive <i>Ash</i>");
  await page.goto("/account/password");
  await page.getByLabel("Current password").fill("wrong-wrong-wrong");
  await page.getByLabel("New password").fill("another-three-words-26");
  await press(page, "Change the password");
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByLabel("New password").fill("another-three-words-26");
  await press(page, "Change the password");
  await expect(main(page)).toContainText("Your password is changed.");
});

test("an invitation is accepted once, and somebody of two organisations chooses where to go", async ({ page, watch, world, baseURL }, info) => {
  const email = `${unique("both")}@example.com`;
  await world.send("POST", "/team", { name: "Bo Both", email, role: "Coordinator" });
  const link = await linkTo(page.request, email, /invites you/, "/invite?token=");
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Welcome to ${world.name}`);
  await page.getByLabel("Choose a password").fill("short");
  await press(page, "Accept");
  await expect(page).toHaveTitle(/^Error: /);
  if (hasScript(info)) await accessible(page);
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await press(page, "Accept");
  await expect(page).toHaveURL(/\/staff$/);
  watch.expect(404, /^\/invite$/);
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");

  const { World, apiOf } = await import("./world");
  const second = await World.found(await apiOf(baseURL!, { "X-Forwarded-For": `10.254.${info.parallelIndex}.${info.project.name.length}` }));
  await second.send("POST", "/team", { name: "Bo Both", email, role: "Viewer" });
  await page.context().clearCookies();
  await page.goto(await linkTo(page.request, email, new RegExp(`invites you to ${second.name}`), "/invite?token="));
  await press(page, "Accept");
  await expect(page).toHaveURL(/\/staff$/);
  await page.context().clearCookies();
  await logInByForm(page, email, PASSWORD);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Where do you want to go?");
  if (hasScript(info)) await accessible(page);
  await page.getByLabel(world.name).check({ force: true });
  await press(page, "Continue");
  await page.goto("/account");
  await page.getByRole("button", { name: new RegExp(`^Go there ?: ${second.name}`) }).click();
  await page.goto("/account");
  await expect(page.locator(".account-list__item").filter({ hasText: "You are here" })).toContainText(second.name);
});

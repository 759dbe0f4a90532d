// The report wizard as people use it: guests and tenants, with and without JavaScript, on a phone. Each test reports in an organisation of its own.

import { accessible, expect, fits, hasScript, test, unique, type Page } from "./fixtures";
import { linkTo, mailTo, post } from "./world";
import type { TestInfo } from "@playwright/test";

const step = (page: Page) => new URL(page.url()).pathname.split("/")[3] ?? "";
const choose = (page: Page, label: string | RegExp) => page.locator("label").filter({ hasText: label }).first().click();
const press = (page: Page, name = "Continue") => page.getByRole("button", { name, exact: true }).click();

/** Answers the questions, each as told or in its plainest way, until the answers are to be checked. */
async function walk(page: Page, told: Partial<Record<string, (page: Page) => Promise<void>>> = {}, look?: (page: Page) => Promise<void>) {
  const plain: Record<string, (page: Page) => Promise<void>> = {
    emergency: (p) => choose(p, /^Something else$/),
    postcode: (p) => p.getByLabel("What is the postcode of your home?").fill("ls116ab"),
    home: (p) => p.getByRole("radio").first().check({ force: true }),
    contact: async (p) => p.getByLabel("Your name").fill("Gil Guest"),
    where: (p) => choose(p, /^Kitchen$/),
    what: (p) => choose(p, /^Tap$/),
    problem: (p) => choose(p, /^Dripping tap$/),
    advice: async (p) => {
      const read = p.getByLabel("I have read the safety advice");
      if (await read.count()) await read.check({ force: true });
    },
    duplicates: (p) => choose(p, /^No, mine is a different problem$/),
    questions: async (p) => {
      if (await p.getByRole("radio").count()) await p.getByRole("radio").first().check({ force: true });
    },
    details: (p) => p.getByRole("textbox").fill("It began on Monday"),
    photos: async () => {},
    access: (p) => choose(p, /^Someone will be at home$/),
    needs: (p) => choose(p, /^No, nobody$/),
  };
  for (let asked = 0; step(page) !== "check"; asked++) {
    const at = step(page);
    expect(asked, `still asked for ${at}`).toBeLessThan(25);
    await look?.(page);
    const answer = told[at] ?? plain[at];
    expect(answer, `the page ${page.url()} is a question`).toBeTruthy();
    // A fault's questions share an address: the question tells them apart.
    const asks = async () => `${page.url()} ${await page.getByRole("heading", { level: 1 }).textContent()}`;
    const before = await asks();
    await answer!(page);
    await press(page);
    await expect.poll(asks, `${at} was answered`).not.toBe(before);
  }
}

/** What may be said of any page of the wizard; axe where the window is wide, since the words are the same on a phone. */
const lookAt = (info: TestInfo) => async (page: Page) => {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  if (!hasScript(info)) return;
  await fits(page);
  if (info.project.name === "js") await accessible(page);
};

test("a guest reports from the public page and confirms the address with the code that was e-mailed", async ({ page, world }, info) => {
  test.slow();
  await world.home("14 Beech Grove");
  const email = `${unique("gil")}@example.com`;
  await page.goto(`/r/${world.slug}`);
  await press(page, "Start now");
  await walk(
    page,
    {
      contact: async (p) => {
        await p.getByLabel("Your name").fill("Gil Guest");
        await p.getByLabel("Email address").fill(email);
        await p.getByLabel("Telephone number").fill("07700 900 123");
      },
      details: (p) => p.getByRole("textbox").fill("It drips <b>fast</b>\nSince Monday"),
    },
    lookAt(info),
  );
  const main = page.locator("main");
  for (const words of ["14 Beech Grove", "Kitchen, Tap", "Dripping tap", "It drips <b>fast</b>", "Someone will be at home", "Nobody", email]) await expect(main).toContainText(words);
  await lookAt(info)(page);
  await press(page, "Report this repair");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("We have got it");
  const reference = /[A-Z]{2}-\d+/.exec((await main.textContent())!)![0];
  await lookAt(info)(page);

  await page.getByLabel("The 6 digits").fill("12");
  await press(page, "Confirm");
  await expect(page).toHaveTitle(/^Error: /);
  const [, code] = /Your code is (\d{6})/.exec((await mailTo(page.request, email, /^Confirm your email address for report/)).text)!;
  await page.getByLabel("The 6 digits").fill(code);
  await press(page, "Confirm");
  await expect(main).toContainText("Your email address is confirmed");

  const { items } = await world.get("/tickets");
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ reference, title: "Dripping tap", status: "NEW" });
});

test("a tenant reports with a photo, goes back, changes an answer, and sends it once however often it is sent", async ({ another, world }, info) => {
  const home = await world.home();
  const page = await another((await world.tenant(home)).email);
  await page.goto("/report");
  await press(page, "Start now");
  await press(page);
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole("alert").or(page.locator(".error-summary")).first()).toContainText("Select the problem you are reporting");
  await choose(page, /^Something else$/);
  await press(page);
  await page.getByRole("link", { name: "Back", exact: true }).click();
  await expect(page.getByRole("radio", { name: "Something else" })).toBeChecked();
  await press(page);

  // Somebody types instead of picking.
  await page.getByLabel("Search for it").fill("drip");
  await press(page, "Search");
  await page.getByRole("radio", { name: "Dripping tap" }).first().check({ force: true });
  await press(page, "Continue with this");
  const photo = await page.screenshot({ type: "jpeg" });
  await walk(page, {
    photos: async (p) => {
      await p.getByLabel("Choose photos").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no photo") });
      await press(p, "Upload and add more");
      await expect(p.locator("main")).toContainText(/JPEG/);
      await expect(p).toHaveTitle(/^Error: /);
      await p.getByLabel("Choose photos").setInputFiles({ name: "tap.jpg", mimeType: "image/jpeg", buffer: photo });
      await press(p, "Upload and add more");
      await expect(p.locator("main")).toContainText("tap.jpg");
      if (info.project.name === "js") await accessible(p);
    },
  });
  await expect(page.locator("main")).toContainText("1 photo");

  await page.getByRole("link", { name: /^Change\s*how we can get in/ }).click();
  await expect(page.getByRole("radio", { name: "Someone will be at home" })).toBeChecked();
  await choose(page, /^Call first to arrange a time$/);
  await press(page);
  await walk(page);
  await expect(page.locator("main")).toContainText("Call first to arrange a time");

  const sent = page.url().replace(/^https?:\/\/[^/]+/, "");
  const thumbs = await Promise.all([post(page.request, sent), post(page.request, sent)]);
  for (const answer of thumbs) expect(answer.headers()["location"]).toMatch(/\/done$/);
  await press(page, "Report this repair");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("We have got it");
  await page.getByRole("link", { name: "See this repair" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Dripping tap");
  const { items } = await world.get("/tickets");
  expect(items).toHaveLength(1);
  await expect.poll(async () => (await world.get(`/tickets/${items[0].id}/attachments`)).length).toBe(1);
});

test("gas: the number first, and the report is recorded all the same", async ({ another, world }, info) => {
  const page = await another((await world.tenant(await world.home())).email);
  await page.goto("/report");
  await press(page, "Start now");
  await choose(page, /^I can smell gas$/);
  await press(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Call 0800 111 999 now");
  await expect(page.getByRole("main").getByRole("link", { name: "0800 111 999" }).first()).toHaveAttribute("href", "tel:0800111999");
  await expect(page.getByRole("main")).toContainText("even if you go no further");
  await lookAt(info)(page);
  await page.getByRole("link", { name: "When you are safe, report it here too" }).click();
  await walk(page);
  await press(page, "Report this repair");
  await expect(page.getByRole("main")).toContainText("We treat it as an emergency");
  const { items } = await world.get("/tickets?priority=EMERGENCY");
  expect(items).toHaveLength(1);
});

test("a report is finished on another browser, by the link that was e-mailed", async ({ another, world }) => {
  const tenant = await world.tenant(await world.home());
  const page = await another(tenant.email);
  await page.goto("/report");
  await press(page, "Start now");
  await choose(page, /^Something else$/);
  await press(page);
  await choose(page, /^Bathroom$/);
  await press(page);
  await page.getByText("Finish this later, or on another device").click();
  await press(page, "Email me a link");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("We have sent you a link");

  const link = await linkTo(page.request, tenant.email, /^Finish your repair report/, "/report/resume?token=");
  const elsewhere = await another();
  await elsewhere.goto(link);
  await press(elsewhere, "Go on");
  await expect(elsewhere.getByRole("heading", { level: 1 })).toHaveText("Bathroom: what is the problem with?");
  await choose(elsewhere, /^Shower$/);
  await press(elsewhere);
  expect(step(elsewhere)).toBe("problem");

  await elsewhere.goto("/report/resume?token=nonsense");
  await press(elsewhere, "Go on");
  await expect(elsewhere.getByRole("heading", { level: 1 })).toHaveText("This link no longer works");
});

test("a neighbour's report is offered without a name, and followed", async ({ another, world }) => {
  const block = await world.send("POST", "/properties", { kind: "block", name: "Oak Court", line1: "1 Oak Lane", city: "Leeds", postcode: "LS11 6AB", country: "england", tenure: "social_rent", landlordKind: "housing_association" });
  const flat = async (label: string) => {
    const made = await world.send("POST", "/units", { propertyId: block.id, label });
    return { property: block.id, unit: made.id, address: label, postcode: "LS11 6AB" };
  };
  const [first, second] = [await flat("Flat 1"), await flat("Flat 2")];
  const neighbour = await world.tenant(first, "Nora Neighbour");
  const reporter = await another(neighbour.email);
  const communal = {
    where: (p: Page) => choose(p, /^Shared areas of the building/),
    what: (p: Page) => choose(p, /^Shared lights$/),
    problem: (p: Page) => p.getByRole("radio").first().check({ force: true }),
  };
  await reporter.goto("/report");
  await press(reporter, "Start now");
  await walk(reporter, communal);
  await press(reporter, "Report this repair");

  const page = await another((await world.tenant(second)).email);
  await page.goto("/report");
  await press(page, "Start now");
  let offered = false;
  while (!offered) {
    const at = step(page);
    if (at === "duplicates") offered = true;
    else await walkOne(page, at, communal);
  }
  await expect(page.getByRole("main")).toContainText("A neighbour reported this");
  await expect(page.getByRole("main")).not.toContainText("Nora");
  await choose(page, /^Yes, it is the same/);
  await press(page);
  await expect(page.getByRole("main")).toContainText("You follow it");
  expect((await world.get("/tickets")).items).toHaveLength(1);
});

async function walkOne(page: Page, at: string, told: Record<string, (page: Page) => Promise<unknown>>) {
  const plain: Record<string, (page: Page) => Promise<unknown>> = { emergency: (p) => choose(p, /^Something else$/), advice: async () => {} };
  const answer = told[at] ?? plain[at];
  expect(answer, `${page.url()} comes before the duplicates`).toBeTruthy();
  const before = page.url();
  await answer!(page);
  await press(page);
  await expect(page).not.toHaveURL(before);
}

test("what is typed comes back as it was typed, with the sentence beside it", async ({ page, world }, info) => {
  await world.home();
  await page.goto(`/r/${world.slug}`);
  await press(page, "Start now");
  await choose(page, /^Something else$/);
  await press(page);
  await page.getByLabel("What is the postcode of your home?").fill("<script>alert(1)</script>");
  await press(page);
  await expect(page.getByLabel("What is the postcode of your home?")).toHaveValue("<script>alert(1)</script>");
  await expect(page.locator(".field__error")).not.toBeEmpty();
  await page.getByLabel("What is the postcode of your home?").fill("ZZ99 9ZZ");
  await press(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("We have no home at that postcode");
  await page.getByRole("link", { name: "Enter another postcode" }).click();
  await page.getByLabel("What is the postcode of your home?").fill("ls11 6ab");
  await press(page);
  await page.getByRole("radio").first().check({ force: true });
  await press(page);
  const odd = "<script>document.title='x'</script> مرحبا 👩‍🔧";
  await page.getByLabel("Your name").fill(odd);
  await page.getByLabel("Email address").fill("not an address");
  await press(page);
  await expect(page.getByLabel("Your name")).toHaveValue(odd);
  await expect(page.getByLabel("Email address")).toHaveValue("not an address");
  if (hasScript(info)) await accessible(page);
  await page.getByLabel("Email address").fill(`${unique("odd")}@example.com`);
  await press(page);
  await walk(page, {
    details: async (p) => {
      const long = "x".repeat(2_001);
      await p.getByRole("textbox").fill(long);
      await press(p);
      await expect(p.locator(".field__error")).toContainText("2000 characters");
      await expect(p.getByRole("textbox")).toHaveValue(long);
      await p.getByRole("textbox").fill(odd);
    },
  });
  await expect(page.getByRole("main")).toContainText(odd);
  await expect(page).toHaveTitle(/^Check your answers/);
});

test("a null byte and bytes that are no text harm nothing", async ({ page, world }) => {
  await world.home();
  const first = (await post(page.request, `/r/${world.slug}`)).headers()["location"]!;
  for (const data of ["emergency=%00", "emergency=%FF%FE", "emergency", "", "&&&=", `emergency=${"x".repeat(100_000)}`]) {
    const answer = await page.request.post(first, { data, maxRedirects: 0, headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html", "Sec-Fetch-Site": "same-origin" } });
    expect(answer.status(), data.slice(0, 40)).toBe(303);
    await page.goto(answer.headers()["location"]!);
    await expect(page).toHaveTitle(/^Error: What is the problem/);
  }
});

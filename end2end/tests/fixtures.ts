// What every browser test has: a person whose pages are watched. A test fails when a page logs an error or a warning of hydration, throws,
// breaks its own content security policy, or asks this site for something that fails, unless the test said that it expects so.

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Browser, type BrowserContext, type Page, type TestInfo } from "@playwright/test";
import { ConfigData, HtmlValidate } from "html-validate";
import { createHash } from "node:crypto";
import { DEMO, PASSWORD, World, apiOf, logIn } from "./world";

export { expect };
export type { Page };

/** What went wrong on watched pages, and what a test expects to. */
export class Watch {
  readonly problems: string[] = [];
  private readonly expected: { status: number; path: RegExp }[] = [];

  /** Says that an answer with this status from such a path is what the test is about. */
  expect(status: number, path: RegExp) {
    this.expected.push({ status, path });
  }

  follow(context: BrowserContext, origin: string) {
    context.on("page", (page) => {
      page.on("pageerror", (error) => this.problems.push(`page error on ${page.url()}: ${error.message}`));
      page.on("console", (message) => {
        const text = message.text();
        // An answer that failed is judged below, by its status; the console only repeats it.
        if (text.startsWith("Failed to load resource")) return;
        if (message.type() === "error" || (message.type() === "warning" && /hydrat|panick|disposed|reactive/i.test(text)))
          this.problems.push(`console ${message.type()} on ${page.url()}: ${text}`);
      });
    });
    context.on("response", (response) => {
      const url = new URL(response.url());
      if (url.origin !== origin || response.status() < 400) return;
      // A form that is told what is wrong with it: an answer like any other, and the test looks at what it says.
      if (response.status() === 422 && url.pathname.startsWith("/rpc/")) return;
      if (this.expected.some((e) => e.status === response.status() && e.path.test(url.pathname))) return;
      this.problems.push(`${response.status()} from ${response.request().method()} ${url.pathname}`);
    });
    context.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // Leaving a page stops what it was still loading, its live stream above all.
      if (why === "net::ERR_ABORTED" || !request.url().startsWith(origin)) return;
      this.problems.push(`${why} for ${request.method()} ${request.url()}`);
    });
  }
}

/** An address of its own for each test: attempts are limited per address, and tests must not use up each other's. */
function addressOf(info: TestInfo): string {
  const [a, b, c] = createHash("sha256").update(`${info.project.name}/${info.testId}/${info.repeatEachIndex}`).digest();
  return `10.${a}.${b}.${c}`;
}

function options(info: TestInfo) {
  return { ...info.project.use, extraHTTPHeaders: { "X-Forwarded-For": addressOf(info) } };
}

/** Somebody of the demonstration, by role. */
export type Demo = "admin" | "coordinator" | "viewer" | "tenant";
type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

type Fixtures = {
  watch: Watch;
  /** Who of the demonstration looks at the page; nobody unless a file says so. */
  as: Demo | null;
  /** Another browser, for another person or the same one elsewhere; logged in when told who. */
  another: (email?: string) => Promise<Page>;
  /** An organisation of this test's own. */
  world: World;
};
type Shared = { states: (who: Demo) => Promise<State> };

export const test = base.extend<Fixtures, Shared>({
  // One log-in per person and worker.
  states: [
    async ({}, use, info) => {
      const known = new Map<Demo, Promise<State>>();
      await use((who) => {
        const log = async () => {
          const api = await apiOf(info.project.use.baseURL!, { "X-Forwarded-For": `10.255.${info.workerIndex % 250}.1` });
          await logIn(api, DEMO[who], DEMO.password);
          const state = await api.storageState();
          await api.dispose();
          return state;
        };
        if (!known.has(who)) known.set(who, log());
        return known.get(who)!;
      });
    },
    { scope: "worker" },
  ],
  as: [null, { option: true }],
  storageState: async ({ as, states }, use) => use(as ? await states(as) : undefined),
  world: async ({ baseURL }, use, info) => {
    const api = await apiOf(baseURL!, { "X-Forwarded-For": addressOf(info) });
    await use(await World.found(api));
    await api.dispose();
  },
  watch: [
    async ({}, use) => {
      const watch = new Watch();
      await use(watch);
      expect(watch.problems, "what the pages complained of").toEqual([]);
    },
    { auto: true },
  ],
  extraHTTPHeaders: async ({}, use, info) => use({ "X-Forwarded-For": addressOf(info) }),
  context: async ({ context, watch, baseURL }, use) => {
    watch.follow(context, new URL(baseURL!).origin);
    await use(context);
  },
  another: async ({ browser, watch, baseURL }, use, info) => {
    const opened: BrowserContext[] = [];
    await use(async (email) => {
      const context = await (browser as Browser).newContext({ ...options(info), storageState: undefined });
      if (email) await logIn(context, email, PASSWORD);
      watch.follow(context, new URL(baseURL!).origin);
      opened.push(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

export const hasScript = (info: TestInfo) => info.project.use.javaScriptEnabled !== false;

/** Goes to a page of the console and waits until it acts on clicks. */
export async function open(page: Page, path: string) {
  const response = await page.goto(path);
  if (path.startsWith("/staff")) await hydrated(page);
  return response;
}

export async function hydrated(page: Page) {
  await expect(page.locator("html[data-hydrated]")).toBeAttached({ timeout: 20_000 });
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** No violation of WCAG 2.2 A and AA as far as a machine can tell: everything in light, contrast again in dark. */
export async function accessible(page: Page) {
  await page.emulateMedia({ colorScheme: "light" });
  expect(told(await new AxeBuilder({ page }).withTags(RULES).analyze()), `axe on ${page.url()}`).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(told(await new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]).analyze()), `axe in the dark on ${page.url()}`).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
}

type Found = { violations: { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] };

function told({ violations }: Found): string[] {
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}; ${n.target.join(" ")}; ${(n.failureSummary ?? "").split("\n").slice(1).join(" ").trim()}`));
}

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    // How it is written is the renderer's matter; how a parser understands it is ours.
    "attr-case": "off",
    "attr-quotes": "off",
    "doctype-style": "off",
    "no-trailing-whitespace": "off",
    "no-inline-style": "error",
    "void-style": "off",
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    "no-raw-characters": "off",
    "no-implicit-button-type": "off",
    "long-title": "off",
    "tel-non-breaking": "off",
    "require-sri": "off",
    "prefer-native-element": "off",
    "no-redundant-role": "off",
    "no-unknown-elements": "off",
    // Tick boxes share a name, and a search is sent with Enter.
    "form-dup-name": "off",
    "wcag/h32": "off",
  },
} satisfies ConfigData);

/** The page as the server sent it is HTML that a parser does not have to mend: what it mends is what hydration then does not find. */
export async function validHtml(page: Page, path: string) {
  const response = await page.context().request.get(path);
  // The markers between texts are comments of the renderer's own kind.
  const html = (await response.text()).replaceAll("<!>", "");
  const report = await validator.validateString(html, path);
  const told = report.results.flatMap((r) => r.messages.map((m) => `${m.ruleId}: ${m.message} (${m.selector ?? `line ${m.line}, ${m.column}`})`));
  expect(told, `the HTML of ${path}`).toEqual([]);
}

/** No sideways scrolling: nothing is wider than the window. */
export async function fits(page: Page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content, `the width of ${page.url()}`).toBeLessThanOrEqual(window);
}

/** A word that stands nowhere else. */
export function unique(prefix: string): string {
  return `${prefix}${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
}

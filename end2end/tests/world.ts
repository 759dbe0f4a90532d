// People and homes of a test's own. They are made through the API, which is quick, in an organisation that no other test looks at.

import { expect, request as requests, type APIRequestContext, type BrowserContext } from "@playwright/test";
import { unique } from "./fixtures";

export const PASSWORD = "three-random-words-26";
/** The demonstration's password and people: for looking, not for changing. */
export const DEMO = { password: "demo-fettle-2026", admin: "helen@aireborough.example.org", coordinator: "priya@aireborough.example.org", viewer: "judith@aireborough.example.org", tenant: "grace.oyelaran@example.com" };

type Json = Record<string, any>;

/** What the API answers, or the test fails with what it said instead. */
async function call(api: APIRequestContext, method: string, path: string, token: string | undefined, data?: Json): Promise<any> {
  const answer = await api.fetch(`/api/v1${path}`, { method, data, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  const body = await answer.text();
  expect(answer.ok(), `${method} ${path}: ${body}`).toBe(true);
  return JSON.parse(body).data;
}

/** Reads the development inbox until a mail to this address is there that `wanted` takes. Newest first. */
export async function mailTo(api: APIRequestContext, to: string, wanted: RegExp): Promise<{ subject: string; text: string; links: string[] }> {
  let found: { subject: string; text: string; links: string[] } | undefined;
  await expect(async () => {
    const html = await (await api.get("/dev/mail")).text();
    for (const article of html.split("<article").slice(1)) {
      const plain = (s: string) => s.replace(/<[^>]*>/g, "").replaceAll("&amp;", "&").replaceAll("&#x27;", "'");
      const [, subject = ""] = /inbox__subject">([\s\S]*?)<\/h2>/.exec(article) ?? [];
      const [, line = ""] = /inbox__to">([\s\S]*?)<\/p>/.exec(article) ?? [];
      if (!plain(line).startsWith(`To ${to} `) || !wanted.test(plain(subject))) continue;
      const links = [...article.matchAll(/href="([^"]+)"/g)].map(([, l]) => l.replaceAll("&amp;", "&").replace(/^https?:\/\/[^/]+/, ""));
      found = { subject: plain(subject), text: plain(article), links };
      break;
    }
    expect(found, `a mail to ${to} about ${wanted}`).toBeTruthy();
  }).toPass({ timeout: 20_000, intervals: [100, 200, 400] });
  return found!;
}

/** The link in a mail that leads to such a path. */
export async function linkTo(api: APIRequestContext, to: string, wanted: RegExp, path: string): Promise<string> {
  const { links } = await mailTo(api, to, wanted);
  const link = links.find((l) => l.startsWith(path));
  expect(link, `a link to ${path} among ${links}`).toBeTruthy();
  return link!;
}

/** A form as a browser of this site posts it; the answer is not followed. */
export function post(api: APIRequestContext, path: string, form: Record<string, string> = {}) {
  return api.post(path, { form, maxRedirects: 0, headers: { Accept: "text/html", "Sec-Fetch-Site": "same-origin" } });
}

/** Logs a browser in by its own form, without opening the page. */
export async function logIn(context: BrowserContext | APIRequestContext, email: string, password: string) {
  const api = "request" in context ? context.request : context;
  const answer = await post(api, "/rpc/account/login/log_in", { email, password, next: "" });
  expect(answer.headers()["location"], `logging ${email} in`).toMatch(/^\/(staff|repairs|work|account)/);
}

export type Home = { property: string; unit: string; address: string; postcode: string };
export type Person = { id: string; name: string; email: string };

export class World {
  constructor(
    private readonly api: APIRequestContext,
    readonly name: string,
    readonly slug: string,
    readonly admin: Person,
    readonly token: string,
  ) {}

  /** A new organisation with its administrator, who has the password of all. */
  static async found(api: APIRequestContext): Promise<World> {
    const word = unique("w");
    const name = `Oak ${word}`;
    const admin = { id: "", name: "Olive Oak", email: `olive.${word}@example.com` };
    const made = await call(api, "POST", "/auth/register", undefined, { orgName: name, name: admin.name, email: admin.email, password: PASSWORD });
    const { slug } = await call(api, "GET", "/organisation", made.accessToken);
    return new World(api, name, slug, admin, made.accessToken);
  }

  get(path: string) { return call(this.api, "GET", path, this.token); }
  send(method: string, path: string, data: Json) { return call(this.api, method, path, this.token, data); }

  /** A house, or a block with flats by these names. */
  async home(line1 = `${1 + Math.floor(Math.random() * 900)} ${unique("Beech ")} Grove`, postcode = "LS11 6AB"): Promise<Home> {
    const made = await this.send("POST", "/properties", { kind: "house", line1, city: "Leeds", postcode, country: "england", tenure: "social_rent", landlordKind: "housing_association", hasGas: true, storeys: 2 });
    return { property: made.id, unit: made.units[0].id, address: line1, postcode };
  }

  async contact(kind: "tenant" | "owner" | "contractor", name = `Tom ${unique("Hall")}`): Promise<Person> {
    const email = `${unique("tom")}@example.com`;
    const made = await this.send("POST", "/contacts", { kind, name, email, phone: "07700 900982" });
    return { id: made.id, name, email };
  }

  /** A tenant of this home, who has accepted the invitation and logs in with the password of all. */
  async tenant(home: Home, name?: string): Promise<Person> {
    const person = await this.contact("tenant", name);
    await this.send("POST", "/tenancies", { unitId: home.unit, startOn: "2025-01-01", tenantContactIds: [person.id] });
    await this.send("POST", `/contacts/${person.id}/invitation`, {});
    await this.accept(person.email, person.name);
    return person;
  }

  async colleague(role: "OrgAdmin" | "Coordinator" | "Viewer", name = `Cora ${unique("Lee")}`): Promise<Person> {
    const email = `${unique("cora")}@example.com`;
    const made = await this.send("POST", "/team", { name, email, role });
    await this.accept(email, name);
    return { id: made.id, name, email };
  }

  private async accept(email: string, name: string) {
    const link = await linkTo(this.api, email, /invites you/, "/invite?token=");
    await call(this.api, "POST", "/auth/invitations/accept", undefined, { token: link.split("token=")[1], name, password: PASSWORD });
  }

  async ticket(home: Home, title: string, more: Json = {}): Promise<{ id: string; reference: string }> {
    const made = await this.send("POST", "/tickets", { unitId: home.unit, title, description: "As the caller said", category: "PLUMBING", ...more });
    const read = await this.get(`/tickets/${made.ticketId}`);
    return { id: made.ticketId, reference: read.reference };
  }

  move(ticket: string, status: string, reason?: string) { return this.send("PATCH", `/tickets/${ticket}`, { status, reason }); }
}

/** An API client of this installation from an address of its own. */
export function apiOf(baseURL: string, headers: Record<string, string> = {}) {
  return requests.newContext({ baseURL, extraHTTPHeaders: headers });
}

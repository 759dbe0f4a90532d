// Every page there is, with who looks at it. `smoke.spec.ts` opens each; a route of the app that is missing here fails it.

import { readFileSync } from "node:fs";
import type { APIRequestContext } from "@playwright/test";
import { post } from "./world";

export type Who = "anybody" | "admin" | "tenant";

export type Listed = {
  /** As in the app's routes. */
  route: string;
  /** Where to look, when the route has parameters or wants a query. */
  path?: string | ((seen: APIRequestContext) => Promise<string>);
  who: Who;
  status?: number;
  title: string | RegExp;
  h1: string | RegExp;
  /** Where it sends whoever has no business there; the title and heading are that page's. */
  lands?: RegExp;
};

/** The demonstration's first organisation. */
const SLUG = "aireborough-homes";
const ID = "[0-9a-f]{8}-[0-9a-f-]{27}";

/** The first link of this shape on a page. */
const linkOn = (page: string | ((seen: APIRequestContext) => Promise<string>), shape: string) => async (seen: APIRequestContext) => {
  const html = await (await seen.get(typeof page === "string" ? page : await page(seen))).text();
  const [, link] = new RegExp(`href="(${shape}${ID})"`).exec(html) ?? [];
  if (!link) throw new Error(`No link to ${shape} on ${page}`);
  return link;
};

const ticket = linkOn("/staff/tickets?view=board", "/staff/tickets/");
const property = linkOn("/staff/properties?kind=block", "/staff/properties/");
const contact = linkOn("/staff/contacts", "/staff/contacts/");
const unit = linkOn(property, "/staff/units/");
const tenancy = linkOn(property, "/staff/tenancies/");
const draft = async (seen: APIRequestContext) => (await post(seen, `/r/${SLUG}`)).headers()["location"]!;
const below = (path: (seen: APIRequestContext) => Promise<string>, more: string) => async (seen: APIRequestContext) => (await path(seen)) + more;

const anybody = (route: string, title: string, more: Partial<Listed> = {}): Listed => ({ route, who: "anybody", title: `${title} – Fettle`, h1: title, ...more });
const console = (route: string, title: string | RegExp, more: Partial<Listed> = {}): Listed => ({ route, who: "admin", title, h1: title, ...more });

export const PAGES: Listed[] = [
  anybody("/login", "Log in"),
  anybody("/login/code", "Enter your code"),
  anybody("/login/choose", "Log in", { lands: /\/login$/ }),
  anybody("/logout", "Do you want to log out?"),
  anybody("/register", "Register your organisation"),
  anybody("/reset", "Reset your password"),
  anybody("/reset/sent", "Look in your inbox"),
  anybody("/reset/confirm", "This link does not work any more", { status: 404 }),
  anybody("/reset/done", "Your new password is set"),
  anybody("/magic", "Log in by email"),
  anybody("/magic/sent", "Look in your inbox"),
  anybody("/magic/confirm", "This link does not work any more", { status: 404 }),
  anybody("/verify", "This link does not work any more", { status: 404 }),
  anybody("/verify/done", "Thank you. Your address is confirmed"),
  anybody("/invite", "This link does not work any more", { status: 404 }),
  { ...anybody("/account", "Your account"), who: "admin" },
  { ...anybody("/account/password", "Change your password"), who: "admin" },
  { ...anybody("/account/second-factor", "Second factor"), who: "admin" },
  anybody("/cookies", "Cookies"),
  anybody("/privacy", "Privacy"),
  anybody("/accessibility", "Accessibility"),
  { route: "/dev/mail", who: "anybody", title: "Development inbox", h1: "Development inbox" },
  { route: "/dev/ui", who: "anybody", title: "The kit", h1: /.+/ },
  anybody("/problem", "We will be back in a moment", { path: "/problem?kind=503&ref=AB23-CD45" }),

  { route: "/", who: "anybody", title: "Report a repair – Repairs", h1: "Report a repair in your home" },
  { route: "/emergency", who: "anybody", title: "In an emergency – Repairs", h1: "In an emergency" },
  { route: "/r/:slug", path: `/r/${SLUG}`, who: "anybody", title: "Report a repair – Aireborough Homes", h1: "Report a repair to Aireborough Homes" },
  { route: "/r/:slug/emergency", path: `/r/${SLUG}/emergency`, who: "anybody", title: "In an emergency – Aireborough Homes", h1: "In an emergency" },
  { route: "/report", who: "tenant", title: "Report a repair – Aireborough Homes", h1: "Report a repair" },
  { route: "/report/resume", path: "/report/resume?token=x", who: "anybody", title: "Finish your report – Repairs", h1: "Finish your report" },
  {
    route: "/report/:draft",
    path: async (seen) => (await draft(seen)).replace("/emergency", ""),
    who: "anybody",
    lands: /\/emergency$/,
    title: "What is the problem you are reporting? – Aireborough Homes",
    h1: "What is the problem you are reporting?",
  },
  { route: "/report/:draft/:step", path: draft, who: "anybody", title: "What is the problem you are reporting? – Aireborough Homes", h1: "What is the problem you are reporting?" },
  { route: "/repairs", who: "tenant", title: "My repairs – Aireborough Homes", h1: "My repairs" },
  { route: "/repairs/:id", path: linkOn("/repairs", "/repairs/"), who: "tenant", title: /.+ – Aireborough Homes/, h1: /.+/ },
  { route: "/preferences", who: "tenant", title: "How we reach you – Aireborough Homes", h1: "How we reach you" },

  console("/staff", "Dashboard", { h1: /^Good (morning|afternoon|evening), Helen$/ }),
  console("/staff/tickets", "Tickets"),
  console("/staff/tickets", "Tickets", { path: "/staff/tickets?view=board" }),
  console("/staff/tickets", "Tickets", { path: async (seen) => `/staff/tickets?peek=${(await ticket(seen)).split("/").pop()}` }),
  console("/staff/tickets", "Tickets", { path: "/staff/tickets?q=zzzzzz" }),
  console("/staff/tickets/new", "New ticket"),
  console("/staff/tickets/:id", /.+/, { path: ticket }),
  console("/staff/properties", "Properties"),
  console("/staff/properties/new", "New property"),
  console("/staff/properties/:id", /.+/, { path: property }),
  console("/staff/properties/:id/edit", /^Edit .+/, { path: below(property, "/edit") }),
  console("/staff/units/:id", /.+/, { path: unit }),
  console("/staff/tenancies/new", "New tenancy", { path: async (seen) => `/staff/tenancies/new?unit=${(await unit(seen)).split("/").pop()}` }),
  console("/staff/tenancies/:id", /.+/, { path: tenancy }),
  console("/staff/contacts", "Contacts"),
  console("/staff/contacts", "Contacts", { path: "/staff/contacts?kind=contractor" }),
  console("/staff/contacts/new", "New contact"),
  console("/staff/contacts/:id", /.+/, { path: contact }),
  console("/staff/contacts/:id/edit", /^Edit .+/, { path: below(contact, "/edit") }),
  console("/staff/import", "Import"),
  console("/staff/team", "Team"),
  console("/staff/settings", "Settings"),
];

/** The routes as the three portals declare them. */
export function routes(): string[] {
  return ["account", "tenant", "staff"].flatMap((portal) => {
    const source = readFileSync(new URL(`../../app/${portal}/src/lib.rs`, import.meta.url), "utf8");
    const [, parent = ""] = /<ParentRoute path=path!\("([^"]*)"\)/.exec(source) ?? [];
    return [...source.matchAll(/<Route path=path!\("([^"]*)"\)/g)].map(([, path]) => parent + path).filter((path) => !path.includes("*"));
  });
}

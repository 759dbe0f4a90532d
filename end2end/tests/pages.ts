// Every page there is, with who looks at it. `smoke.spec.ts` opens each; a route of the app that is missing here fails it.

import { readFileSync } from "node:fs";

export type Who = "anybody" | "staff" | "tenant";

export type Listed = {
  /** As in the app's routes. */
  route: string;
  /** Where to look, when the route has parameters. */
  path?: string;
  who: Who;
  status?: number;
  title: string | RegExp;
  h1: string | RegExp;
};

export const PAGES: Listed[] = [
  { route: "/dev/mail", who: "anybody", title: "Development inbox", h1: "Development inbox" },
  { route: "/dev/ui", who: "anybody", title: "The kit", h1: /.+/ },
];

/** The routes as the three portals declare them. */
export function routes(): string[] {
  return ["account", "tenant", "staff"].flatMap((portal) => {
    const source = readFileSync(new URL(`../../app/${portal}/src/lib.rs`, import.meta.url), "utf8");
    const [, parent = ""] = /<ParentRoute path=path!\("([^"]*)"\)/.exec(source) ?? [];
    return [...source.matchAll(/<Route path=path!\("([^"]*)"\)/g)].map(([, path]) => parent + path).filter((path) => !path.includes("*"));
  });
}

import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

// The system's browser: Playwright's own download is not needed and not made.
const browser = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);
if (!browser) throw new Error("No Chromium was found: run scripts/setup.sh --browser, or set CHROMIUM to one.");

// What stands in `make test`. The other scenarios are written and run with E2E=all; docs/ROADMAP.md says that each must be seen to pass in all three
// projects before it joins.
const STANDING = process.env.E2E === "all" ? /.*/ : /a path nobody answers|a page carries a policy/;

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // One server and one database for all: tests make their own data and may run beside each other.
  fullyParallel: true,
  workers: process.env.CI ? 2 : undefined,
  // A flaky test is a bug: it is not run twice until it passes.
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.BASE_URL ?? "http://localhost:3000",
    locale: "en-GB",
    timezoneId: "Europe/London",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: browser,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "js", grep: STANDING, use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } } },
    // What a tenant must be able to do when the WASM does not come: tests that need it are named *.js.spec.ts.
    {
      name: "nojs",
      grep: STANDING,
      testIgnore: /.*\.js\.spec\.ts/,
      use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
    },
    {
      name: "phone",
      grep: STANDING,
      use: {
        ...devices["Desktop Chrome"],
        viewport: { width: 360, height: 780 },
        deviceScaleFactor: 2,
        isMobile: true,
        hasTouch: true,
      },
    },
  ],
});

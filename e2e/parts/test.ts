import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { stateOf, type Who } from "./roles.ts";
import { stack } from "./stack.ts";

/** Adds to the list what the pages of a context should not do: run foreign script, break the policy, throw. */
function watch(context: BrowserContext, faults: string[]): void {
  const watchPage = (page: Page) => {
    page.on("pageerror", (error) => faults.push(`error on ${page.url()}: ${error.message}`));
    page.on("dialog", (dialog) => {
      faults.push(`dialog on ${page.url()}: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("console", (message) => {
      // What a page of somebody else may not do with ours is for its own test to say.
      if (!page.url().startsWith(stack.url)) return;
      if (message.type() === "error" && /Content Security Policy|hydrat/i.test(message.text()))
        faults.push(`console on ${page.url()}: ${message.text()}`);
    });
  };
  for (const page of context.pages()) watchPage(page);
  context.on("page", watchPage);
}

/**
 * Playwright's test. Every page of it is watched, and one that breaks the content security policy fails it. `openAs`
 * opens a further browser with somebody's session, or nobody's.
 */
export const test = base.extend<{ faults: string[]; openAs: (who: Who | null) => Promise<Page> }>({
  faults: [
    async ({ context }, use) => {
      const faults: string[] = [];
      watch(context, faults);
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
  openAs: async ({ browser, faults }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (who) => {
      const context = await browser.newContext({ storageState: who === null ? undefined : stateOf(who) });
      opened.push(context);
      watch(context, faults);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

export { expect };

/**
 * Every control of every page can be seen, reached, hit and read aloud, at three widths and in both themes, and does
 * what its name promises, on a narrow and on a wide window. One that the table below does not know fails: whoever adds a control says what it does.
 */
import type { Browser, Locator, Page } from "@playwright/test";
import { copyFile, readFile } from "node:fs/promises";

import { batchEnded, submitBatch } from "./batches.ts";
import { type Control, controlsOf } from "./controls.ts";
import { expect, SAMPLE, test } from "./stack.ts";
import { submit, WatchedJob } from "./watched_job.ts";

/** What using it does; it asserts that itself. Where the page was left, it is come back to afterwards. */
type Use = (control: Locator, page: Page) => Promise<void>;

const leadsTo =
  (path: RegExp): Use =>
  async (control, page) => {
    await control.click();
    await expect(page).toHaveURL(path);
  };

/** Something else on the page comes or goes. */
const shows =
  (what: (page: Page) => Locator): Use =>
  async (control, page) => {
    await control.click();
    await expect(what(page)).toBeVisible();
  };

const opens =
  (role: "dialog" | "menu", name: string | RegExp): Use =>
  async (control, page) => {
    await control.click();
    await expect(page.getByRole(role, { name })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole(role)).toHaveCount(0);
    await expect(control).toBeFocused();
  };

const checks: Use = async (control) => {
  await control.click();
  await expect(control).toBeChecked();
};

const presses: Use = async (control) => {
  await control.click();
  await expect(control).toHaveAttribute("aria-pressed", "true");
};

const toggles: Use = async (control) => {
  const before = await control.isChecked();
  await control.click();
  await expect(control).toBeChecked({ checked: !before });
};

const choosesLast: Use = async (control) => {
  const before = await control.inputValue();
  const values = await control.locator("option").evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  const other = values.findLast((value) => value !== before) ?? "";
  await control.selectOption(other);
  await expect(control).toHaveValue(other);
};

/** A choice that decides which jobs are listed, and stands in the address. */
const filters =
  (name: string): Use =>
  async (control, page) => {
    await choosesLast(control, page);
    await expect(page).toHaveURL(new RegExp(`[?&]${name}=${await control.inputValue()}`));
  };

const moves: Use = async (control) => {
  const value = () => control.evaluate((slider) => (slider instanceof HTMLInputElement ? slider.value : slider.getAttribute("aria-valuenow")));
  const before = await value();
  await control.press("ArrowRight");
  await expect.poll(value).not.toBe(before);
};

const selects: Use = async (control, page) => {
  await control.click();
  await expect(control).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("tabpanel")).toBeVisible();
};

const unfolds: Use = async (control) => {
  const details = control.locator("xpath=..");
  const before = await details.evaluate((element: HTMLDetailsElement) => element.open);
  await control.click();
  await expect.poll(() => details.evaluate((element: HTMLDetailsElement) => element.open)).toBe(!before);
};

const asksForFile: Use = async (control, page) => {
  const asked = page.waitForEvent("filechooser");
  await control.click();
  await asked;
};

/** Another frame is shown than before: than that at which it stands still, and the picture has come there. */
const changesFrame: Use = async (control, page) => {
  const job = new WatchedJob(page);
  const pause = page.getByRole("button", { name: "Pause" });
  if (await pause.isVisible()) await pause.click();
  await expect(pause).toBeHidden();
  await expect.poll(async () => (await job.place()) - (await job.frameIndex())).toBe(0);
  const before = await job.frameIndex();
  await control.click();
  await expect.poll(() => job.frameIndex()).not.toBe(before);
};

const changesNearness: Use = async (control, page) => {
  const nearness = page.locator(".view-controls__all");
  const before = await nearness.textContent();
  await control.click();
  await expect(nearness).not.toHaveText(before ?? "");
};

const runsAgain: Use = async (control, page) => {
  const before = page.url();
  await control.click();
  await expect(page).not.toHaveURL(before);
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
};

const JOB_PAGE = /\/jobs\/[0-9a-f-]{36}$/;

/** By role and name, numbers left out; with the page before them where it is not the same on all pages. */
const USES: Readonly<Record<string, Use>> = {
  "link Skip to the content": async (control, page) => {
    await control.focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/#content$/);
  },
  "link Transom": leadsTo(/\/$/),
  "link Submit": leadsTo(/\/$/),
  "link Jobs": leadsTo(/\/jobs$/),
  "link Batches": leadsTo(/\/batches$/),
  "link Wall": leadsTo(/\/wall$/),
  "link Demo": leadsTo(/\/demo$/),
  "link API": leadsTo(/\/docs/),
  "button Keyboard shortcuts": opens("dialog", "Keyboard shortcuts"),
  "button Notify me when something ends": shows((page) => page.getByRole("dialog", { name: "No notifications" })),
  "button Look of the pages": opens("menu", "Look of the pages"),

  "button Choose files": asksForFile,
  "button Choose a folder": asksForFile,
  "button Choose another": asksForFile,
  "button Remove": async (control, page) => {
    await control.click();
    await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
    await page.locator("input[type=file]").setInputFiles(SAMPLE);
    await expect(control).toBeVisible();
  },
  "radio Crasher": checks,
  "radio Codes": checks,
  "radio Motion": checks,
  "radio Sleepy": checks,
  "radio Twins": checks,
  "radio Warner": checks,
  "checkbox Number Numbers the frames.": toggles,
  "checkbox Number again Numbers the frames.": toggles,
  "disclosure Options defaults": unfolds,
  "spinbutton Per Frame # to #": async (control, page) => {
    await control.fill("7");
    await expect(page.getByText("1 value changed")).toBeVisible();
  },
  "combobox Device": choosesLast,
  "combobox Priority": choosesLast,
  "submit: button Run it": shows((page) => page.getByText("Choose an image or a video first.")),
  "submit, ready: button Run it": leadsTo(JOB_PAGE),
  "link Watch the demo": leadsTo(/\/demo$/),

  "searchbox Search by file name or id": async (control, page) => {
    await control.fill("nowhere");
    await expect(page.getByText("No job matches")).toBeVisible();
  },
  "combobox Status": filters("status"),
  "combobox Plugin": filters("plugin"),
  "combobox Sort by": choosesLast,
  "button Columns": opens("menu", "Columns"),
  "checkbox Select all on this page": async (control, page) => {
    await control.click();
    await expect(control).toBeChecked();
    await expect(page.getByText(/\d+ jobs selected/)).toBeVisible();
  },
  "checkbox Select controls.webm": async (control, page) => {
    const words = (await page.locator(".selection-bar__notice").textContent()) ?? "";
    await control.click();
    await expect(page.locator(".selection-bar__notice")).not.toHaveText(words);
  },
  "link controls.webm": leadsTo(JOB_PAGE),
  "button What to do with controls.webm": opens("menu", "What to do with controls.webm"),
  "button Run again": async (control, page) => {
    await control.click();
    await expect(page.getByText("1 job started again.")).toBeVisible();
  },
  "button Delete": shows((page) => page.getByRole("dialog", { name: /^Delete / })),
  "button Clear selection": async (control, page) => {
    await control.click();
    await expect(page.getByText(/selected$/)).toHaveCount(0);
  },

  "link controls": leadsTo(/\/batches\/[0-9a-f-]{36}$/),
  "button All #": presses,
  "button Queued #": presses,
  "button Running #": presses,
  "button Done #": presses,
  "button Error #": presses,
  "button Cancelled #": presses,
  "button Retry the failed (#)": shows((page) => page.getByText("1 item runs again.")),
  "button Delete…": shows((page) => page.getByRole("dialog", { name: /^Delete / })),
  "link All batches": leadsTo(/\/batches$/),

  "link See all that runs on a wall": leadsTo(/\/wall$/),
  "button Full screen": async (control, page) => {
    await control.click();
    await expect.poll(() => page.evaluate(() => document.fullscreenElement?.id)).toBe("content");
    await page.evaluate(() => document.exitFullscreen());
  },
  "wall: link harbour.webm": leadsTo(JOB_PAGE),

  "button Back to jobs": leadsTo(/\/jobs$/),
  "button Downloads and more": opens("menu", "Downloads and more"),
  "button Play": async (control, page) => {
    await control.click();
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  },
  "button Pause": async (control, page) => {
    await control.click();
    await expect(page.getByRole("button", { name: "Play" })).toBeVisible();
  },
  "button Step back": changesFrame,
  "button Step forward": changesFrame,
  "button Live": async (control, page) => {
    await page.getByRole("button", { name: "Step back" }).click();
    await page.getByRole("button", { name: "Back to live" }).click();
    await expect(control).toHaveAttribute("aria-pressed", "true");
  },
  "button Farther": changesNearness,
  "button Nearer": changesNearness,
  "button # ×: fit the picture": changesNearness,
  "checkbox boxes": toggles,
  "checkbox labels": toggles,
  "checkbox tracks": toggles,
  "slider Least confidence": moves,
  "slider Frames a second": moves,
  "combobox Speed": choosesLast,
  "slider Timeline": moves,
  "disclosure About this plugin": unfolds,
  "tab Found (#)": selects,
  "tab Found": selects,
  "tab Warnings (#)": selects,
  "tab Errors (#)": selects,
  "tab Log": selects,
  "button frame #": async (control, page) => {
    const index = Number(/\d+/.exec((await control.textContent()) ?? "")?.[0]);
    await control.click();
    await expect.poll(() => new WatchedJob(page).frameIndex()).toBe(index);
  },
  "button Open the log": async (_control, page) => {
    await page.getByRole("button", { name: "Open the log" }).click();
    await expect(page.getByRole("region", { name: "Log", exact: true })).toBeFocused();
  },
  "button Run it again": runsAgain,

  "radio As it is": checks,
  "radio Upgrades stripped": checks,
  "radio Answers held back": checks,
  "radio Opened, then mute": checks,
  "radio Cut every few seconds": checks,

  "link Try it with a file of your own.": leadsTo(/\/$/),
  "link All jobs": leadsTo(/\/jobs$/),
  "link Submit a file": leadsTo(/\/$/),
};

interface Jobs {
  done: string;
  warned: string;
  failed: string;
  batch: string;
}

/** Every page, by how one comes to it; every control that a state allows can be used when it is there. */
const PAGES: Readonly<Record<string, (page: Page, jobs: Jobs) => Promise<void>>> = {
  submit: async (page) => {
    await page.goto("/");
    await expect(page.getByRole("radio", { name: "Motion" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Watch the demo" })).toBeVisible({ timeout: 30_000 });
  },
  "submit, ready": async (page) => {
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles(SAMPLE);
    await page.getByRole("radio", { name: "Twins" }).check();
    await page.locator("summary", { hasText: "Options" }).click();
    await expect(page.getByRole("spinbutton").first()).toBeVisible();
  },
  jobs: async (page) => {
    await page.goto("/jobs?q=controls");
    await expect(page.locator("tbody tr").nth(2)).toBeVisible();
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
  },
  "jobs, one selected": async (page, { done }) => {
    await page.goto(`/jobs?q=${done}`);
    await page.getByRole("checkbox", { name: "Select controls.webm" }).check();
    await expect(page.getByText("1 job selected")).toBeVisible();
  },
  batches: async (page) => {
    await page.goto("/batches");
    await expect(page.getByRole("link", { name: "controls" }).first()).toBeVisible();
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
  },
  "a batch": async (page, { batch }) => {
    await page.goto(`/batches/${batch}`);
    await expect(page.getByRole("button", { name: "Delete…" })).toBeVisible();
    await expect(page.getByRole("link", { name: "controls.webm" })).toBeVisible();
  },
  "a batch that is not there": async (page) => {
    await page.goto("/batches/019a2f6c-7d1e-7c3a-9b52-4e8f0a6d1c37");
    await expect(page.getByText("BATCH_NOT_FOUND")).toBeVisible();
  },
  "a job that is done": async (page, { done }) => {
    await page.goto(`/jobs/${done}`);
    const job = new WatchedJob(page);
    await job.endsWithAllFrames();
    await job.timeline.focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 5; step += 1) await page.keyboard.press("PageUp");
    await page.keyboard.press("+");
    await expect(page.getByRole("img", { name: /^Frame 50 at .*: \d+ motion/ })).toBeVisible();
    await expect(page.getByRole("checkbox", { name: "tracks" })).toBeVisible();
  },
  "a job with warnings": async (page, { warned }) => {
    await page.goto(`/jobs/${warned}`);
    await new WatchedJob(page).endsWithAllFrames();
    await page.getByRole("tab", { name: /Warnings/ }).click();
    await expect(page.getByRole("button", { name: /^frame \d+$/ }).first()).toBeVisible();
  },
  "a job that failed": async (page, { failed }) => {
    await page.goto(`/jobs/${failed}`);
    await expect(page.getByRole("button", { name: "Open the log" })).toBeVisible();
    await expect(new WatchedJob(page).picture).toBeVisible();
  },
  "a job that is not there": async (page) => {
    await page.goto("/jobs/019a2f6c-7d1e-7c3a-9b52-4e8f0a6d1c37");
    await expect(page.getByText("JOB_NOT_FOUND")).toBeVisible();
  },
  "an address that no page has": async (page) => {
    await page.goto("/nowhere");
    await expect(page.getByRole("heading", { name: "There is no page at this address" })).toBeVisible();
  },
  "a job that runs": async (page) => {
    if (!JOB_PAGE.test(page.url())) {
      await page.goto(`/jobs/${await submit(page, { plugin: "sleepy", options: '{"ms": 300}' })}`);
    } else {
      await page.reload();
    }
    await new WatchedJob(page).showsFrameWhileRunning();
    await expect(page.getByRole("button", { name: "Step back" })).toBeEnabled();
  },
  wall: async (page) => {
    await submit(page, { plugin: "sleepy", options: '{"ms": 300}' });
    await page.goto("/wall");
    await expect(page.getByRole("img", { name: /^Frame \d+: 1 / }).first()).toBeVisible();
  },
  demo: async (page) => {
    await page.goto("/demo");
    await expect(new WatchedJob(page).picture).toBeVisible();
    await expect(page.getByRole("checkbox", { name: "tracks" })).toBeVisible({ timeout: 30_000 });
  },
};

/** How the table calls it. */
function keyOf({ role, name }: Control): string {
  return `${role} ${name.replaceAll(/\d+(\.\d+)?/g, "#")}`;
}

function locate(page: Page, { role, name }: Control): Locator {
  const found =
    role === "disclosure"
      ? page.locator("summary").filter({ hasText: name.split(" ")[0] ?? "" })
      : page.getByRole(role as Parameters<Page["getByRole"]>[0], { name, exact: true });
  return found.filter({ visible: true }).first();
}

async function isThere(page: Page, control: Control): Promise<boolean> {
  if ((await page.getByRole("dialog").count()) > 0) return false;
  const located = locate(page, control);
  return (await located.count()) > 0 && (await located.isEnabled());
}

async function ended(page: Page, jobId: string): Promise<string> {
  const status = async () => ((await (await page.request.get(`/v1/jobs/${jobId}`)).json()) as { status: string }).status;
  await expect.poll(status, { timeout: 180_000 }).not.toMatch(/queued|running/);
  return jobId;
}

/** Nothing runs any more: what the next page shows does not depend on what was used on the last. */
async function cancelAll(page: Page): Promise<void> {
  const running = (await (await page.request.get("/v1/jobs?limit=200")).json()) as { jobs: { job_id: string; status: string }[] };
  for (const { job_id: jobId, status } of running.jobs) {
    if (["queued", "running"].includes(status)) await page.request.delete(`/v1/jobs/${jobId}`);
  }
}

/** The list of batches has no others: what is in it is a link by its name, and the table knows one. */
async function purgeBatches(page: Page): Promise<void> {
  const listed = (await (await page.request.get("/v1/batches?limit=200")).json()) as { batches: { batch_id: string }[] };
  for (const { batch_id: batchId } of listed.batches) {
    await page.request.delete(`/v1/batches/${batchId}`);
    expect((await page.request.post(`/v1/batches/${batchId}/purge`)).status()).toBe(200);
  }
}

/** Look at every page in this window; every control that is found is used once, if any is. */
async function lookThrough(browser: Browser, options: Parameters<Browser["newContext"]>[0], jobs: Jobs, uses: boolean): Promise<string[]> {
  const wrong: string[] = [];
  const used = new Set<string>();
  for (const [where, come] of Object.entries(PAGES)) {
    const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
    const page = await context.newPage();
    // A control that can't be used is told of by its own step, and not by the end of the test.
    page.setDefaultTimeout(20_000);
    await cancelAll(page);
    await come(page, jobs);
    const session = await context.newCDPSession(page);
    const controls = await controlsOf(session);
    expect(controls.length, where).toBeGreaterThan(3);
    for (const { role, name, problems } of controls) {
      for (const problem of problems) wrong.push(`${where}: ${role} “${name}” ${problem}`);
    }
    for (const control of new Map(controls.map((one) => [keyOf(one), one])).values()) {
      const own = `${where}: ${keyOf(control)}`;
      const key = own in USES ? own : keyOf(control);
      const use = USES[key];
      if (use === undefined) wrong.push(`${where}: nobody has said what ${role(control)} does: add it to the table as “${key}”`);
      if (use === undefined || !uses || used.has(key)) continue;
      used.add(key);
      const before = page.url();
      // What was used before may have left the page in another state than that in which this control can be used.
      if (!(await isThere(page, control))) await come(page, jobs);
      await test.step(`${where}: ${keyOf(control)}`, () => use(locate(page, control), page));
      if (page.url() !== before) await page.goto(before);
    }
    await cancelAll(page);
    await context.close();
  }
  return wrong;
}

function role({ role: itsRole, name }: Control): string {
  return `the ${itsRole} “${name}”`;
}

// Where controls lie differs by width, and by theme only if a theme moves them: one width shows that. What they do
// differs by neither, but for what a narrow window folds away.
for (const { width, height, colorScheme, uses } of [
  { width: 390, height: 844, colorScheme: "light", uses: true },
  { width: 820, height: 1180, colorScheme: "light", uses: false },
  { width: 1440, height: 900, colorScheme: "light", uses: true },
  { width: 1440, height: 900, colorScheme: "dark", uses: false },
] as const) {
  const does = uses ? " and does what it says" : "";
  test(`every control is there for everybody${does}, at ${width} pixels, ${colorScheme}`, async ({ browser, address, page }, info) => {
    test.setTimeout(600_000);
    const file = info.outputPath("controls.webm");
    await copyFile(SAMPLE, file);
    const [done, warned, failed] = await Promise.all([
      submit(page, { plugin: "motion" }, { file }),
      submit(page, { plugin: "warner" }, { file }),
      submit(page, { plugin: "crasher", options: '{"frame": 20}' }, { file }),
    ]);
    for (const jobId of [done, warned, failed]) await ended(page, jobId);
    const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no film at all") };
    const film = { name: "controls.webm", mimeType: "video/webm", buffer: await readFile(file) };
    await purgeBatches(page);
    const batch = await submitBatch(page, [film, notes], { plugin: "warner", name: "controls" });
    await batchEnded(page, batch);
    const options = { baseURL: address, colorScheme, viewport: { width, height } };
    expect(await lookThrough(browser, options, { done, warned, failed, batch }, uses)).toEqual([]);
  });
}

/**
 * Where this machine's Chromium is, and how it is started: the browser is never downloaded.
 *
 * Run by itself it prints the path, or fails where there is none.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { argv, env, exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The path in CHROMIUM, else the first browser on PATH.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  if (env.CHROMIUM) return isExecutable(env.CHROMIUM) ? env.CHROMIUM : undefined;
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** What is switched off: of two such lists the browser takes the last, so Playwright's own is said again. */
const WITHOUT = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
  // The pages of which the browser makes its own windows: without a screen nobody sees them, and each window has one.
  "InitialWebUI",
  "WebUIToolbarProcessOverheadExperiment",
  "PreloadTopChromeWebUI",
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
];

/** A browser that calls home fails the check that nothing leaves the origin, and has no sandbox as root. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${WITHOUT.join(",")}`,
];

if (argv[1] === fileURLToPath(import.meta.url)) {
  const path = findChromium();
  if (path === undefined) exit(1);
  stdout.write(`${path}\n`);
}

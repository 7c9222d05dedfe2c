/**
 * Where this machine's Chromium is: the browser is never downloaded.
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

if (argv[1] === fileURLToPath(import.meta.url)) {
  const path = findChromium();
  if (path === undefined) exit(1);
  stdout.write(`${path}\n`);
}

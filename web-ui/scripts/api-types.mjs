/**
 * Writes `src/api/schema.ts`: the types of the REST interface, from the document that the server describes itself by.
 *
 * With `--check` it writes nothing, and fails where the file is not what it would write. No server has to run.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { argv, env, exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FILE = fileURLToPath(new URL("../src/api/schema.ts", import.meta.url));
const PYTHON = env.PYTHON ?? fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));

const document = execFileSync(PYTHON, ["-m", "app.openapi"], { cwd: ROOT, encoding: "utf8" });
const types = `/** Made by \`npm run api-types\` from the server's OpenAPI document. Not to be edited. */\n\n${astToString(
  await openapiTS(document),
)}`;

if (!argv.includes("--check")) {
  writeFileSync(FILE, types);
} else if (!existsSync(FILE) || readFileSync(FILE, "utf8") !== types) {
  stderr.write("src/api/schema.ts is not what the server's OpenAPI document says: run `npm run api-types`.\n");
  exit(1);
}

/** What the server said is wrong with a form, sorted to the fields of the page. */
import type { FieldProblem } from "../../api/problems.ts";

export interface Refusals {
  /** By field: `file`, `plugin`, `tool`, `device`, `priority`. */
  fields: Readonly<Record<string, string>>;
  /** By tool, then by the option's path. */
  options: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What belongs to no field of the page. */
  others: readonly FieldProblem[];
}

const FIELDS: ReadonlySet<string> = new Set(["file", "plugin", "tool", "device", "priority"]);
const OPTIONS_PREFIX = "options.";

/** The problems of a form that was sent for these tools. Where there is one, its options carry no tool's name. */
export function refusalsOf(problems: readonly FieldProblem[], tools: readonly string[]): Refusals {
  const fields: Record<string, string> = {};
  const options: Record<string, Record<string, string>> = {};
  const others: FieldProblem[] = [];
  for (const { field, message } of problems) {
    const path = field.startsWith(OPTIONS_PREFIX) ? field.slice(OPTIONS_PREFIX.length) : null;
    const tool = path === null ? undefined : tools.length === 1 ? tools[0] : tools.find((name) => path.startsWith(`${name}.`));
    if (FIELDS.has(field)) fields[field] = message;
    else if (path !== null && tool !== undefined) {
      const rest = tools.length === 1 ? path : path.slice(tool.length + 1);
      options[tool] = { ...options[tool], [rest]: message };
    } else others.push({ field, message });
  }
  return { fields, options, others };
}

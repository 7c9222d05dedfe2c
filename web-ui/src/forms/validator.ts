/**
 * Checks options against a tool's JSON schema, in the words of the form.
 *
 * Built on @cfworker/json-schema, which interprets a schema: validators that compile one need `Function()`, which the
 * page's Content-Security-Policy forbids.
 */
import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import {
  type CustomValidator,
  type ErrorTransformer,
  type RJSFSchema,
  type RJSFValidationError,
  toErrorSchema,
  type UiSchema,
  type ValidationData,
  type ValidatorType,
} from "@rjsf/utils";

export type Options = Record<string, unknown>;

/** These say only that something within failed, and what did has its own entry. */
const CONTAINERS: ReadonlySet<string> = new Set([
  "properties",
  "items",
  "prefixItems",
  "allOf",
  "anyOf",
  "oneOf",
  "$ref",
  "additionalProperties",
]);

function unescaped(part: string): string {
  return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
}

function pointerParts(location: string): string[] {
  return location.split("/").slice(1).map(unescaped);
}

function valueAt(schema: unknown, location: string): unknown {
  let value = schema;
  for (const part of pointerParts(location)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  integer: "must be a whole number",
  number: "must be a number",
  boolean: "must be yes or no",
  string: "must be a text",
  array: "must be a list",
  object: "must be a group of values",
};

function words(unit: OutputUnit, schema: unknown): string {
  const limit = valueAt(schema, unit.keywordLocation);
  switch (unit.keyword) {
    case "type":
      return TYPE_WORDS[String(limit)] ?? "has the wrong type";
    case "minimum":
      return `must be ${String(limit)} or more`;
    case "maximum":
      return `must be ${String(limit)} or less`;
    case "exclusiveMinimum":
      return `must be more than ${String(limit)}`;
    case "exclusiveMaximum":
      return `must be less than ${String(limit)}`;
    case "minLength":
      return `needs ${String(limit)} characters or more`;
    case "maxLength":
      return `has room for ${String(limit)} characters`;
    case "enum":
    case "const":
      return "is none of the choices";
    case "required":
      return "is missing";
    default:
      return unit.error.replace(/\.$/, "");
  }
}

/** The name that a `required` failure is about; it is said of the object around it. */
function missingName(unit: OutputUnit): string | null {
  return unit.keyword === "required" ? (/property "([^"]*)"/.exec(unit.error)?.[1] ?? null) : null;
}

function problemsOf(schema: unknown, data: unknown): RJSFValidationError[] {
  const { errors } = new Validator(schema as Schema, "2020-12", false).validate(data);
  return errors
    .filter((unit) => !CONTAINERS.has(unit.keyword))
    .map((unit) => {
      const missing = missingName(unit);
      const place = [...pointerParts(unit.instanceLocation), ...(missing === null ? [] : [missing])];
      const message = words(unit, schema);
      return { name: unit.keyword, property: `.${place.join(".")}`, message, stack: `${place.join(".")} ${message}` };
    });
}

class SchemaValidator implements ValidatorType<Options> {
  validateFormData(
    formData: Options | undefined,
    schema: RJSFSchema,
    _custom?: CustomValidator<Options>,
    transform?: ErrorTransformer<Options>,
    uiSchema?: UiSchema<Options>,
  ): ValidationData<Options> {
    const found = problemsOf(schema, formData ?? {});
    const errors = transform ? transform(found, uiSchema) : found;
    return { errors, errorSchema: toErrorSchema<Options>(errors) };
  }

  isValid(schema: RJSFSchema, formData: Options | undefined, rootSchema: RJSFSchema): boolean {
    // A part of the schema may point at definitions that only the whole has.
    const whole = { $defs: rootSchema.$defs, ...schema };
    return problemsOf(whole, formData).length === 0;
  }

  // Its caller says what it gets; the interface wants it so.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  rawValidation<Result = unknown>(schema: RJSFSchema, formData?: Options): { errors?: Result[] } {
    return { errors: problemsOf(schema, formData) as Result[] };
  }
}

/** The validator that the forms are given. */
export const validator: ValidatorType<Options> = new SchemaValidator();

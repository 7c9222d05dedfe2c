/** A form made from a tool's JSON schema. Loaded when somebody opens the options: it is large, and often not needed. */
// The package as a whole names a validator that is not here, and that the page could not run.
import Form from "@rjsf/core/lib/components/Form.js";
import type { ErrorSchema } from "@rjsf/utils";
import { type ReactElement, useMemo } from "react";

import { FieldErrors, FieldTemplate } from "./FieldTemplate.tsx";
import { ObjectTemplate } from "./ObjectTemplate.tsx";
import "./ToolOptionsForm.css";
import { type Options, validator } from "./validator.ts";
import { CheckboxWidget } from "./widgets.tsx";

export interface ToolOptionsFormProps {
  tool: string;
  schema: Readonly<Record<string, unknown>>;
  options: Options;
  /** By the option's path, such as `sensitivity`: what the server refused. */
  refused: Readonly<Record<string, string>>;
  disabled: boolean;
  /** `valid` is false while a value does not fit the schema. */
  onChange: (options: Options, valid: boolean) => void;
}

function errorSchemaOf(refused: Readonly<Record<string, string>>): ErrorSchema<Options> {
  const root: ErrorSchema<Options> = {};
  for (const [path, message] of Object.entries(refused)) {
    let node = root as Record<string, unknown>;
    for (const part of path.split(".")) {
      const inner = (node[part] ?? {}) as Record<string, unknown>;
      node[part] = inner;
      node = inner;
    }
    node.__errors = [message];
  }
  return root;
}

const TEMPLATES = { FieldTemplate, ObjectFieldTemplate: ObjectTemplate, FieldErrorTemplate: FieldErrors };
const WIDGETS = { CheckboxWidget };
const UI_SCHEMA = { "ui:submitButtonOptions": { norender: true } };

export default function ToolOptionsForm({
  tool,
  schema,
  options,
  refused,
  disabled,
  onChange,
}: ToolOptionsFormProps): ReactElement {
  const extraErrors = useMemo(() => errorSchemaOf(refused), [refused]);
  return (
    <Form<Options>
      tagName="div"
      className="tool-options"
      idPrefix={`option-${tool}`}
      schema={schema}
      uiSchema={UI_SCHEMA}
      validator={validator}
      formData={options}
      extraErrors={extraErrors}
      templates={TEMPLATES}
      widgets={WIDGETS}
      disabled={disabled}
      liveValidate="onChange"
      showErrorList={false}
      noHtml5Validate
      onChange={(event) => {
        onChange(event.formData ?? {}, event.errors.length === 0);
      }}
    />
  );
}

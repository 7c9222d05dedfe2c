import { descriptionId, errorId, type FieldErrorProps, type FieldTemplateProps, getUiOptions } from "@rjsf/utils";
import type { ReactElement } from "react";

import type { Options } from "./validator.ts";

/** What is wrong with a value, in a line below it. */
export function FieldErrors({ errors = [], fieldPathId }: FieldErrorProps<Options>): ReactElement | null {
  if (errors.length === 0) return null;
  return (
    <p className="tool-options__error" id={errorId(fieldPathId.$id)} role="alert">
      {[...new Set(errors.map(String))].join("; ")}
    </p>
  );
}

/** One option: its name, its value, what it does, and what is wrong with it. */
export function FieldTemplate(props: FieldTemplateProps<Options>): ReactElement {
  const { id, label, children, errors, rawDescription, rawErrors, hidden, displayLabel, schema, uiSchema } = props;
  if (hidden === true) return <div hidden>{children}</div>;
  if (schema.type === "object") return <>{children}</>;
  const isCheckbox = schema.type === "boolean" && getUiOptions(uiSchema).widget === undefined;
  return (
    <div className="tool-options__field" data-invalid={rawErrors !== undefined && rawErrors.length > 0 ? "" : undefined}>
      {displayLabel === true && !isCheckbox && (
        <label className="tool-options__label" htmlFor={id}>
          {label}
          <span className="tool-options__range">{rangeOf(schema)}</span>
        </label>
      )}
      {children}
      {rawDescription !== undefined && rawDescription !== "" && (
        <p className="tool-options__description" id={descriptionId(id)}>
          {rawDescription}
        </p>
      )}
      {errors}
    </div>
  );
}

/** What may be entered, where the schema bounds it. */
function rangeOf(schema: FieldTemplateProps<Options>["schema"]): string {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum === undefined ? "" : `up to ${maximum}`;
}

import type { ObjectFieldTemplateProps } from "@rjsf/utils";
import type { ReactElement } from "react";

import type { Options } from "./validator.ts";

/** A group of options; the outermost has its heading on the page already. */
export function ObjectTemplate({ title, properties, fieldPathId }: ObjectFieldTemplateProps<Options>): ReactElement {
  const fields = properties.map((property) => property.content);
  if (fieldPathId.path.length === 0) return <div className="tool-options__fields">{fields}</div>;
  return (
    <fieldset className="tool-options__group">
      <legend>{title}</legend>
      <div className="tool-options__fields">{fields}</div>
    </fieldset>
  );
}

import { ariaDescribedByIds, type WidgetProps } from "@rjsf/utils";
import type { ReactElement } from "react";

import type { Options } from "./validator.ts";

/** A yes or no, with its name beside it. */
export function CheckboxWidget({ id, label, value, disabled, onChange }: WidgetProps<Options>): ReactElement {
  return (
    <label className="tool-options__check">
      <input
        type="checkbox"
        id={id}
        checked={value === true}
        disabled={disabled}
        aria-describedby={ariaDescribedByIds(id)}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      {label}
    </label>
  );
}

import type { ReactElement } from "react";

import { colourOf } from "./frame/palette.ts";
import "./Swatch.css";

/** A label's colour, beside the label itself. */
export function Swatch({ label }: { label: string }): ReactElement {
  return <span className="swatch" aria-hidden="true" style={{ backgroundColor: colourOf(label) }} />;
}

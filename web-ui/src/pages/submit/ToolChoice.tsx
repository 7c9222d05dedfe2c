import type { ReactElement } from "react";

import type { ToolManifest } from "../../api/plugins.ts";
import { FieldError, FieldGroup } from "./Field.tsx";
import "./ToolChoice.css";

export interface ToolChoiceProps {
  tools: readonly ToolManifest[];
  chosen: readonly string[];
  error: string | null;
  disabled: boolean;
  onChange: (tools: string[]) => void;
}

/** Which of a plugin's tools look at the file, all in one pass. */
export function ToolChoice({ tools, chosen, error, disabled, onChange }: ToolChoiceProps): ReactElement {
  return (
    <FieldGroup title="Tools">
      <div className="tool-choice">
        {tools.map((tool) => (
          <label key={tool.name} className="tool-choice__tool">
            <input
              type="checkbox"
              checked={chosen.includes(tool.name)}
              disabled={disabled}
              onChange={(event) => {
                // In the plugin's own order, whatever the order of the clicks.
                const wanted = new Set(event.target.checked ? [...chosen, tool.name] : chosen.filter((name) => name !== tool.name));
                onChange(tools.map(({ name }) => name).filter((name) => wanted.has(name)));
              }}
            />
            <span>
              {tool.title}
              <span className="tool-choice__about">{tool.description}</span>
            </span>
          </label>
        ))}
      </div>
      <FieldError message={error} />
    </FieldGroup>
  );
}

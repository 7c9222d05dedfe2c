import { lazy, type ReactElement, Suspense, useState } from "react";

import type { ToolManifest } from "../../api/plugins.ts";
import { Skeleton } from "../../components/Skeleton.tsx";
import { counted } from "../quantities.ts";
import "./OptionsSection.css";

/** Half of the script of this page, and mostly not needed: it comes when the options are opened. */
const ToolOptionsForm = lazy(() => import("../../forms/ToolOptionsForm.tsx"));

export type ToolOptions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface OptionsSectionProps {
  tools: readonly ToolManifest[];
  /** By tool; a tool without an entry runs with its defaults. */
  options: ToolOptions;
  /** By tool and then by the option's path: what the server refused. */
  refused: Readonly<Record<string, Readonly<Record<string, string>>>>;
  disabled: boolean;
  onChange: (tool: string, options: Record<string, unknown>, valid: boolean) => void;
}

function settingsOf(tool: ToolManifest): Record<string, unknown> {
  const { properties } = tool.options_schema;
  return typeof properties === "object" && properties !== null ? (properties as Record<string, unknown>) : {};
}

/** How many values differ from the tool's own. */
function changedCount(tool: ToolManifest, options: Readonly<Record<string, unknown>> | undefined): number {
  return Object.entries(settingsOf(tool)).filter(([name, schema]) => {
    const value = options?.[name];
    const own = typeof schema === "object" && schema !== null && "default" in schema ? schema.default : undefined;
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(own);
  }).length;
}

/** What can be chosen for the tools: out of the way until it is wanted. */
export function OptionsSection({ tools, options, refused, disabled, onChange }: OptionsSectionProps): ReactElement {
  const [opened, setOpened] = useState(false);
  const withOptions = tools.filter((tool) => Object.keys(settingsOf(tool)).length > 0);
  const changed = withOptions.reduce((sum, tool) => sum + changedCount(tool, options[tool.name]), 0);
  const isRefused = Object.keys(refused).length > 0;
  if (withOptions.length === 0) return <p className="options-section__none">This tool has nothing to choose.</p>;
  return (
    <details
      className="options-section"
      open={opened || isRefused}
      onToggle={(event) => {
        setOpened(event.currentTarget.open);
      }}
    >
      <summary>
        Options
        <span className="options-section__about">
          {changed === 0 ? "defaults" : `${counted(changed, "value")} changed`}
        </span>
      </summary>
      {(opened || isRefused) && (
        <Suspense
          fallback={
            <div role="status">
              <span className="visually-hidden">Loading the options</span>
              <Skeleton height="12rem" />
            </div>
          }
        >
          {withOptions.map((tool) => (
            <section key={tool.name} className="options-section__tool">
              {tools.length > 1 && <h3>{tool.title}</h3>}
              <ToolOptionsForm
                tool={tool.name}
                schema={tool.options_schema}
                options={options[tool.name] ?? {}}
                refused={refused[tool.name] ?? {}}
                disabled={disabled}
                onChange={(values, valid) => {
                  onChange(tool.name, values, valid);
                }}
              />
            </section>
          ))}
        </Suspense>
      )}
    </details>
  );
}

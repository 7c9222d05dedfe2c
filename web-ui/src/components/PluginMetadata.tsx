import type { ReactElement } from "react";

import { ChevronIcon } from "./icons.tsx";
import "./PluginMetadata.css";

/** What a plugin says of itself, folded away; its version stands beside its name and is not repeated. */
export function PluginMetadata({ metadata }: { metadata: Readonly<Record<string, unknown>> }): ReactElement | null {
  const entries = Object.entries(metadata).filter(([name]) => name !== "version");
  if (entries.length === 0) return null;
  return (
    <details className="plugin-metadata">
      <summary className="plugin-metadata__summary">
        <ChevronIcon />
        About this plugin
      </summary>
      <dl className="plugin-metadata__list">
        {entries.map(([name, value]) => (
          <div key={name} className="plugin-metadata__entry">
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{inWords(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function inWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(inWords).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" || typeof value === "number") return String(value);
  return JSON.stringify(value);
}

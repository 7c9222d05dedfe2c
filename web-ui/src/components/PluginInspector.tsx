import { memo, type ReactElement } from "react";

import type { JobStatusName } from "../realtime/messages.ts";
import type { ErrorEntry, PluginState, PluginStatusName, TimingStats, WarningEntry } from "../realtime/state.ts";
import { ErrorIcon, WarningIcon } from "./icons.tsx";
import { PluginMetadata } from "./PluginMetadata.tsx";
import "./PluginInspector.css";
import { StatusBadge } from "./StatusBadge.tsx";
import { TimingBar } from "./TimingBar.tsx";

export interface PluginInspectorProps {
  /** Milliseconds by plugin. */
  pluginTimings: Readonly<Record<string, number>>;
  pluginMetadata: Readonly<Record<string, Record<string, unknown>>>;
  warnings: readonly WarningEntry[];
  pluginStatus: Readonly<Record<string, PluginState>>;
  /** How many warnings there were of each plugin, also of those that are no longer kept. */
  warningsByPlugin?: Readonly<Record<string, number>> | undefined;
  errors?: readonly ErrorEntry[] | undefined;
  /** By `plugin.tool`: where it is given, a tool's time on a frame is shown in place of the plugin's sum. */
  timingStats?: Readonly<Record<string, TimingStats>> | undefined;
}

const STATUSES: Record<PluginStatusName, JobStatusName | "stopped"> = {
  idle: "queued",
  started: "running",
  running: "running",
  completed: "done",
  failed: "error",
  stopped: "stopped",
};

/** What each plugin of a job is doing, how long it takes a frame, on one scale for all, and what it complained of. */
export const PluginInspector = memo(function PluginInspector(props: PluginInspectorProps): ReactElement {
  const { pluginTimings, pluginMetadata, warnings, pluginStatus, warningsByPlugin, errors = [], timingStats } = props;
  const names = pluginNames(props);
  const tools = Object.entries(timingStats ?? {});
  const slowestTool = Math.max(0, ...tools.map(([, stats]) => Math.max(stats.mean, stats.p95)));
  const totals = Object.values(pluginTimings);
  // One sum alone has nothing to be compared with.
  const slowestPlugin = totals.length > 1 ? Math.max(0, ...totals) : null;

  return (
    <section id="plugin-inspector" className="plugin-inspector" aria-label="Plugins">
      {names.length === 0 && <p className="plugin-inspector__none">No plugin has begun yet.</p>}
      {names.map((name) => {
        const state = pluginStatus[name];
        const metadata = pluginMetadata[name];
        const itsTools = tools.filter(([key]) => key.startsWith(`${name}.`));
        const itsTime = pluginTimings[name];
        return (
          <section key={name} className="plugin-inspector__plugin" aria-label={name}>
            <header className="plugin-inspector__header">
              <h2 className="plugin-inspector__name">{name}</h2>
              {typeof metadata?.version === "string" && (
                <span className="plugin-inspector__version">{metadata.version}</span>
              )}
              <StatusBadge status={STATUSES[state?.status ?? "idle"]} />
            </header>
            {itsTools.map(([key, stats]) => (
              <TimingBar
                key={key}
                name={key}
                label={itsTools.length > 1 ? key.slice(name.length + 1) : undefined}
                ms={stats.mean}
                of="a frame"
                longest={slowestTool}
                p95={stats.p95}
              />
            ))}
            {itsTools.length === 0 && itsTime !== undefined && (
              <TimingBar name={name} ms={itsTime} of="in all" longest={slowestPlugin} />
            )}
            <p className="plugin-inspector__counts">
              {state !== undefined && state.framesProcessed > 0 && (
                <span>{counted(state.framesProcessed, "frame")}</span>
              )}
              <Count
                of={warningsByPlugin?.[name] ?? warnings.filter((warning) => warning.plugin === name).length}
                one="warning"
              />
              <Count of={errors.filter((error) => error.plugin === name).length} one="error" />
            </p>
            {metadata !== undefined && <PluginMetadata metadata={metadata} />}
          </section>
        );
      })}
    </section>
  );
});

/** Every plugin that anything is known of, in the order in which a job came to it. */
function pluginNames(props: PluginInspectorProps): readonly string[] {
  return [
    ...new Set([
      ...Object.keys(props.pluginStatus),
      ...Object.keys(props.pluginMetadata),
      ...Object.keys(props.pluginTimings),
      ...Object.keys(props.warningsByPlugin ?? {}),
      ...props.warnings.map((warning) => warning.plugin),
    ]),
  ];
}

function counted(count: number, one: string): string {
  return `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
}

function Count({ of, one }: { of: number; one: "warning" | "error" }): ReactElement | null {
  if (of === 0) return null;
  return (
    <span className="plugin-inspector__count" data-tone={one}>
      {one === "warning" ? <WarningIcon /> : <ErrorIcon />}
      <span>{counted(of, one)}</span>
    </span>
  );
}

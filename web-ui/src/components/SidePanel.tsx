import { memo, type ReactElement } from "react";

import type { RealtimeState } from "../realtime/state.ts";
import { DetectionsTable } from "./DetectionsTable.tsx";
import { ErrorsList } from "./ErrorsList.tsx";
import { EventLog } from "./EventLog.tsx";
import type { ShownFrame } from "./frame/detections.ts";
import { PluginInspector } from "./PluginInspector.tsx";
import "./SidePanel.css";
import { Tabs } from "./Tabs.tsx";
import { WarningsList } from "./WarningsList.tsx";

export interface SidePanelProps {
  state: RealtimeState;
  frame: ShownFrame | null;
  minConfidence: number;
  /** Something was found in one of the job's frames. */
  found: boolean;
  highlighted: number | null;
  onHighlight: (place: number | null) => void;
  onSeek: (index: number) => void;
  /** Which of its lists is shown. */
  tab: string;
  onTab: (tab: string) => void;
}

/** Beside the picture: its plugins, and what was found, warned of, went wrong and happened. */
export const SidePanel = memo(function SidePanel(props: SidePanelProps): ReactElement {
  const { state, frame, minConfidence, found, highlighted, onHighlight, onSeek, tab, onTab } = props;
  const told = Object.values(state.warningsTold).reduce((sum, count) => sum + count, 0);
  return (
    <aside className="side-panel" aria-label="Details">
      <div className="side-panel__plugins" tabIndex={0} role="region" aria-label="Plugins of this job">
        <PluginInspector
          pluginTimings={state.pluginTimings}
          pluginMetadata={state.pluginMetadata}
          warnings={state.warnings}
          pluginStatus={state.pluginStatus}
          warningsByPlugin={state.warningsByPlugin}
          errors={state.errors}
          timingStats={state.timingStats}
        />
      </div>
      <Tabs
        label="Details"
        value={tab}
        onValueChange={onTab}
        tabs={[
          {
            value: "detections",
            label: "Found",
            ...(frame?.known === true && { count: frame.detections.length }),
            content: (
              <DetectionsTable
                frame={frame}
                minConfidence={minConfidence}
                hint={emptyHint(found, state.ended)}
                highlighted={highlighted}
                onHighlight={onHighlight}
              />
            ),
          },
          {
            value: "warnings",
            label: "Warnings",
            count: state.warningsCount,
            tone: "warning",
            content: <WarningsList warnings={state.warnings} told={told} onSeek={onSeek} />,
          },
          {
            value: "errors",
            label: "Errors",
            count: state.errorsCount,
            tone: "error",
            content: <ErrorsList errors={state.errors} count={state.errorsCount} />,
          },
          { value: "log", label: "Log", content: <EventLog log={state.log} /> },
        ]}
      />
    </aside>
  );
});

function emptyHint(found: boolean, ended: boolean): string {
  if (found) return "The timeline shows where there is something.";
  return ended ? "Nothing at all was found in the input." : "Nothing has been found so far.";
}

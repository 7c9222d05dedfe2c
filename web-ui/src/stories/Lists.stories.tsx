import type { Meta, StoryObj } from "@storybook/react-vite";

import { ErrorsList } from "../components/ErrorsList.tsx";
import { EventLog } from "../components/EventLog.tsx";
import { WarningsList } from "../components/WarningsList.tsx";
import type { RealtimeState } from "../realtime/state.ts";
import { beginning, message, stateAfter, warnings } from "./made/job.ts";
import { Sheet } from "./made/Sheet.tsx";

interface Args {
  job: () => RealtimeState;
}

const meta = {
  title: "Overlay/Lists",
  args: {
    job: () =>
      stateAfter([
        ...beginning(),
        ...warnings(),
        message("error", {
          error: "The tool took too long over a frame",
          plugin: "people",
          details: { error_code: "PLUGIN_TIMEOUT", message: "No answer for 30 s" },
        }),
      ]),
  },
  render: ({ job }) => {
    const state = job();
    return (
      <Sheet width="26rem">
        <WarningsList warnings={state.warnings} told={Object.values(state.warningsTold).reduce((sum, count) => sum + count, 0)} onSeek={() => undefined} />
        <ErrorsList errors={state.errors} count={state.errorsCount} />
        <EventLog log={state.log} />
      </Sheet>
    );
  },
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

export const Filled: Story = {};
export const Empty: Story = { args: { job: () => stateAfter([]) } };
export const MoreThanAreKept: Story = {
  args: { job: () => ({ ...stateAfter([...beginning(), ...warnings()]), warningsTold: { motion: 1512 } }) },
};
export const Dark: Story = { globals: { theme: "dark" } };

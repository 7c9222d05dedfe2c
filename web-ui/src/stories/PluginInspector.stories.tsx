import type { Meta, StoryObj } from "@storybook/react-vite";

import { PluginInspector } from "../components/PluginInspector.tsx";
import type { RealtimeState } from "../realtime/state.ts";
import { beginning, framesUpTo, halfway, message, stateAfter, warnings } from "./made/job.ts";
import { Sheet } from "./made/Sheet.tsx";

interface Args {
  job: () => RealtimeState;
}

const meta = {
  title: "Parts/PluginInspector",
  args: { job: halfway },
  render: ({ job }) => (
    <Sheet width="24rem">
      <PluginInspector {...job()} />
    </Sheet>
  ),
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

const complaining = (): RealtimeState =>
  stateAfter([
    ...beginning(),
    ...framesUpTo(40),
    ...warnings(),
    message("plugin_status", { plugin: "people", tool: "detect", status: "failed" }),
    message("error", { error: "The tool took too long over a frame", plugin: "people" }),
  ]);

export const Default: Story = {};
export const NoneYet: Story = { args: { job: () => stateAfter([]) } };
export const Complaining: Story = { args: { job: complaining } };
export const Dark: Story = { args: { job: complaining }, globals: { theme: "dark" } };

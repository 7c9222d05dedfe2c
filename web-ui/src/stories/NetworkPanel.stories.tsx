import type { Meta, StoryObj } from "@storybook/react-vite";

import { NetworkPanel, type NetworkPanelProps } from "../components/NetworkPanel.tsx";
import { LIVE, NOW } from "./made/job.ts";
import { Sheet } from "./made/Sheet.tsx";

const COUNTS = { received: 1234, logged: 1220, lost: 0, doubled: 0 };

const EVERY: readonly Partial<NetworkPanelProps>[] = [
  { counts: { received: 0, logged: 0, lost: 0, doubled: 0 }, connection: { ...LIVE, status: "CONNECTING", transport: null }, since: null },
  {},
  { habit: "strip", connection: { ...LIVE, transport: "sse", fallback: "refused" } },
  { habit: "hold", connection: { ...LIVE, transport: "poll", fallback: "refused" } },
  { habit: "mute", connection: { ...LIVE, transport: "sse", fallback: "mute" } },
  { habit: "cut", connection: { ...LIVE, transport: "poll", fallback: "cut" } },
  { habit: "cut", connection: { ...LIVE, status: "RECONNECTING", attempt: 1, retryAt: NOW + 1_000 }, since: null },
  { counts: { received: 1234, logged: 1238, lost: 4, doubled: 1 } },
  { failure: "The network could not be broken: The server did not answer. Try again." },
];

const meta = {
  title: "Demo/NetworkPanel",
  render: () => (
    <Sheet>
      {EVERY.map((props, index) => (
        <NetworkPanel
          // They are a list that never changes.
          key={index}
          habit="none"
          onChoose={() => undefined}
          connection={LIVE}
          since={NOW}
          counts={COUNTS}
          speaks={false}
          now={NOW}
          {...props}
        />
      ))}
    </Sheet>
  ),
} satisfies Meta;

export default meta;
type Story = StoryObj;

export const EveryState: Story = {};
export const Dark: Story = { globals: { theme: "dark" } };

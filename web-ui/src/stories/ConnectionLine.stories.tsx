import type { Meta, StoryObj } from "@storybook/react-vite";

import { ConnectionLine } from "../components/ConnectionLine.tsx";
import type { ConnectionInfo } from "../realtime/state.ts";
import { LIVE, NOW } from "./made/job.ts";
import { Sheet } from "./made/Sheet.tsx";

const LOST = { code: "CONNECTION_LOST", message: "Transom can't be reached.", final: false };

const EVERY: readonly Partial<ConnectionInfo>[] = [
  { status: "IDLE" },
  { status: "CONNECTING", transport: null },
  {},
  { transport: "sse" },
  { transport: "sse", fallback: "refused" },
  { transport: "sse", fallback: "mute" },
  { transport: "sse_post", fallback: "held" },
  { transport: "poll", fallback: "cut" },
  { transport: "poll", fallback: "refused", shared: true },
  { status: "RECONNECTING", attempt: 2, retryAt: NOW + 4_000, error: LOST },
  { status: "CONNECTING", attempt: 2, error: LOST },
  { status: "RECONNECTING", attempt: 1, offline: true, error: LOST },
  { status: "CLOSED", attempt: 5, error: LOST },
  { status: "CLOSED", error: { code: "4003", message: "This key may not read this job.", final: true } },
];

const meta = {
  title: "Overlay/ConnectionLine",
  render: () => (
    <Sheet>
      {EVERY.map((connection) => (
        <ConnectionLine
          key={JSON.stringify(connection)}
          connection={{ ...LIVE, ...connection }}
          onRetry={() => undefined}
          now={NOW}
        />
      ))}
    </Sheet>
  ),
} satisfies Meta;

export default meta;
type Story = StoryObj;

export const EveryState: Story = {};
export const Dark: Story = { globals: { theme: "dark" } };

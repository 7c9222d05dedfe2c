import type { Meta, StoryObj } from "@storybook/react-vite";

import { Timeline } from "../components/Timeline.tsx";
import { wholeRecording } from "./made/recording.ts";
import { SCENE } from "./made/scene.ts";
import { Sheet } from "./made/Sheet.tsx";

const counts = wholeRecording.counts ?? [];

const meta = {
  title: "Overlay/Timeline",
  component: Timeline,
  args: {
    columns: counts,
    framesPerColumn: 1,
    total: SCENE.frames,
    processed: SCENE.frames,
    value: 120,
    timeMs: 12_000,
    onSeek: () => undefined,
  },
  render: (args) => (
    <Sheet>
      <Timeline {...args} />
    </Sheet>
  ),
} satisfies Meta<typeof Timeline>;

export default meta;
type Story = StoryObj<typeof meta>;

export const Whole: Story = {};
export const HalfProcessed: Story = { args: { columns: counts.slice(0, 205), processed: 205, value: 204 } };
export const NothingYet: Story = { args: { columns: [], processed: 0, value: 0, timeMs: 0 } };
export const Dark: Story = { ...HalfProcessed, globals: { theme: "dark" } };

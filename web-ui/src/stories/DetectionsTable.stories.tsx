import type { Meta, StoryObj } from "@storybook/react-vite";

import { DetectionsTable } from "../components/DetectionsTable.tsx";
import { shownFrame, type ShownFrame } from "../components/frame/detections.ts";
import { foundIn } from "./made/scene.ts";
import { Sheet } from "./made/Sheet.tsx";

const crowd: ShownFrame = {
  index: 7,
  timestampMs: 700,
  known: true,
  detections: Array.from({ length: 1000 }, (_, place) => ({
    place,
    box: { x1: place, y1: 10, x2: place + 20, y2: 60 },
    score: 1 - place / 1001,
    label: "person",
    track: place,
    text: null,
    polygon: null,
    tool: null,
  })),
};

const meta = {
  title: "Overlay/DetectionsTable",
  component: DetectionsTable,
  args: { frame: shownFrame(foundIn(200)), minConfidence: 0, hint: "The timeline shows where there is something.", highlighted: null, onHighlight: () => undefined },
  render: (args) => (
    <Sheet width="24rem">
      <div style={{ display: "flex", height: "18rem" }}>
        <DetectionsTable {...args} />
      </div>
    </Sheet>
  ),
} satisfies Meta<typeof DetectionsTable>;

export default meta;
type Story = StoryObj<typeof meta>;

export const Default: Story = {};
export const OneLookedAt: Story = { args: { highlighted: 1 } };
export const AThousand: Story = { args: { frame: crowd } };
export const Nothing: Story = { args: { frame: { ...crowd, detections: [] } } };
export const NothingSureEnough: Story = { args: { minConfidence: 0.99 } };
export const BeingRead: Story = { args: { frame: { ...crowd, detections: [], known: false } } };
export const Dark: Story = { args: { highlighted: 1 }, globals: { theme: "dark" } };

import type { Meta, StoryObj } from "@storybook/react-vite";

import { ProgressBar } from "../components/ProgressBar.tsx";
import { Sheet } from "./made/Sheet.tsx";

const meta = {
  title: "Parts/ProgressBar",
  component: ProgressBar,
  args: { progress: 68, plugin: "people", stage: "processing" },
  render: (args) => (
    <Sheet>
      <ProgressBar {...args} />
    </Sheet>
  ),
} satisfies Meta<typeof ProgressBar>;

export default meta;
type Story = StoryObj<typeof meta>;

export const Default: Story = {};
export const Nothing: Story = { args: { progress: 0 } };
export const Everything: Story = { args: { progress: 100, stage: "finished" } };
export const Dark: Story = { globals: { theme: "dark" } };

import type { Meta, StoryObj } from "@storybook/react-vite";

import { EmptyState } from "../components/EmptyState.tsx";
import { frameSource } from "../components/frame/frame_source.ts";
import { NOTHING, type Content } from "../components/frame/frame_stage.ts";
import { FITTED } from "../components/frame/viewport.ts";
import { FrameView } from "../components/FrameView.tsx";
import { wholeRecording } from "./made/recording.ts";
import { pictureOf } from "./made/scene.ts";

interface Args {
  content: () => Content;
  zoom: number;
  looked: number | null;
  minConfidence: number;
}

const recorded = (index: number): Content => frameSource([], null, wholeRecording).content(index);

const meta = {
  title: "Overlay/FrameView",
  args: { content: () => recorded(200), zoom: 1, looked: null, minConfidence: 0 },
  render: ({ content, zoom, looked, minConfidence }) => (
    <main style={{ display: "grid", height: "100dvh" }}>
      <FrameView
        content={content()}
        layers={{ boxes: true, labels: true, tracks: true }}
        minConfidence={minConfidence}
        highlighted={looked}
        onHighlight={() => undefined}
        view={{ ...FITTED, zoom }}
        onViewChange={() => undefined}
        onShown={() => undefined}
        live={false}
      >
        {content().frame === null ? <EmptyState title="The first frame is being worked on" /> : undefined}
      </FrameView>
    </main>
  ),
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

export const Default: Story = {};
export const Zoomed: Story = { args: { zoom: 3 } };
export const LookedAt: Story = { args: { looked: 0 } };
export const OnlyTheSure: Story = { args: { minConfidence: 0.7 } };
export const Nothing: Story = { args: { content: () => NOTHING } };
export const PictureOfAnEarlierFrame: Story = {
  args: {
    content: () => ({ ...recorded(209), picture: { kind: "preview", url: pictureOf(200), frameIndex: 200 } }),
  },
};
export const WithoutAPicture: Story = { args: { content: () => ({ ...recorded(200), picture: null }) } };

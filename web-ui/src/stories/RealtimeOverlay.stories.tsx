import type { Meta, StoryObj } from "@storybook/react-vite";

import { RealtimeOverlay } from "../components/RealtimeOverlay.tsx";
import type { ConnectionInfo, RealtimeState } from "../realtime/state.ts";
import {
  beginning,
  complete,
  framesUpTo,
  halfway,
  LIVE,
  message,
  NOW,
  progressMessage,
  stateAfter,
  statusMessage,
  warnings,
} from "./made/job.ts";
import { wholeRecording } from "./made/recording.ts";
import { Watching } from "./made/Watching.tsx";

interface Args {
  /** Made anew by each story: pictures are drawn only for the one that is shown. */
  job: () => RealtimeState;
  recorded: boolean;
  title: string;
}

const meta = {
  title: "Overlay/RealtimeOverlay",
  args: { job: halfway, recorded: false, title: "harbour-cam-07.mp4" },
  render: ({ job, recorded, title }) => (
    <Watching state={job()}>
      <RealtimeOverlay
        isVisible
        onClose={() => undefined}
        title={title}
        now={NOW}
        {...(recorded && { recording: wholeRecording })}
      />
    </Watching>
  ),
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

const over = (connection: Partial<ConnectionInfo>): Story => ({
  args: { job: () => halfway({ ...LIVE, ...connection }) },
});
const LOST = { code: "CONNECTION_LOST", message: "Transom can't be reached.", final: false };

export const Default: Story = {};

export const LoadingAt0: Story = {
  name: "Loading at 0",
  args: { job: () => stateAfter(beginning()) },
};

export const InProgressAt50: Story = { name: "In Progress at 50", args: { recorded: true } };

export const CompleteAt100: Story = { name: "Complete at 100", args: { job: complete, recorded: true } };

export const WithWarnings: Story = {
  args: { job: () => stateAfter([...beginning(), ...framesUpTo(206), ...warnings(), progressMessage(50)]) },
};

export const WithErrors: Story = {
  args: {
    job: () =>
      stateAfter([
        ...beginning(),
        ...framesUpTo(164),
        ...warnings(),
        progressMessage(40),
        message("error", {
          error: "The tool took too long over a frame",
          plugin: "people",
          details: { error_code: "PLUGIN_TIMEOUT", message: "No answer for 30 s", frame_index: 164 },
        }),
        message("plugin_status", { plugin: "people", tool: "detect", status: "failed" }),
        statusMessage("error", {
          progress: 40,
          error: { error_code: "PLUGIN_TIMEOUT", message: "No answer for 30 s", frame_index: 164 },
        }),
      ]),
  },
};

export const DarkMode: Story = { args: { recorded: true }, globals: { theme: "dark" } };

export const DarkWithErrors: Story = { ...WithErrors, globals: { theme: "dark" } };

export const Opening: Story = { args: { job: () => stateAfter([]) } };

export const Queued: Story = { args: { job: () => stateAfter([statusMessage("queued")]) } };

export const Cancelled: Story = {
  args: {
    job: () =>
      stateAfter([
        ...beginning(),
        ...framesUpTo(100),
        progressMessage(24),
        statusMessage("cancelled", { progress: 24 }),
      ]),
  },
};

export const OnAnotherDevice: Story = {
  args: {
    job: () =>
      stateAfter([
        ...beginning(),
        statusMessage("running", {
          device_requested: "gpu",
          fallback: true,
          fallback_reason: "No worker has a GPU, so the CPU is used",
        }),
        ...framesUpTo(60),
        progressMessage(14),
      ]),
  },
};

export const StandsStill: Story = {
  args: {
    job: () => {
      const state = halfway();
      return { ...state, progress: state.progress && { ...state.progress, movedAt: NOW - 40_000 } };
    },
  },
};

export const Connecting: Story = over({ status: "CONNECTING", transport: null });

export const LiveOverServerSentEvents: Story = over({ transport: "sse", fallback: "refused" });

export const LiveOverServerSentEventsMute: Story = over({ transport: "sse", fallback: "mute" });

export const Reconnecting: Story = over({ status: "RECONNECTING", attempt: 2, retryAt: NOW + 4_000, error: LOST });

export const TryingAgain: Story = over({ status: "CONNECTING", attempt: 2, error: LOST });

export const Offline: Story = over({ status: "RECONNECTING", attempt: 1, offline: true, error: LOST });

export const GaveUp: Story = over({ status: "CLOSED", attempt: 5, error: LOST });

export const NotAllowed: Story = over({
  status: "CLOSED",
  error: { code: "4003", message: "This key may not read this job.", final: true },
});

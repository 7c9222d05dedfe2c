import type { Meta, StoryObj } from "@storybook/react-vite";
import { useState, type ReactElement } from "react";

import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { EmptyState } from "../components/EmptyState.tsx";
import { ErrorState } from "../components/ErrorState.tsx";
import { IconButton } from "../components/IconButton.tsx";
import { PlayIcon } from "../components/icons.tsx";
import { KeyHelp } from "../components/KeyHelp.tsx";
import { Menu } from "../components/Menu.tsx";
import { Skeleton } from "../components/Skeleton.tsx";
import { StatusBadge } from "../components/StatusBadge.tsx";
import { Tabs } from "../components/Tabs.tsx";
import { Sheet } from "./made/Sheet.tsx";

const STATUSES = ["queued", "running", "done", "error", "cancelled"] as const;

function Chosen(): ReactElement {
  const [tab, setTab] = useState("warnings");
  return (
    <Tabs
      label="Details"
      value={tab}
      onValueChange={setTab}
      tabs={[
        { value: "warnings", label: "Warnings", count: 2, tone: "warning", content: <p>Two warnings</p> },
        { value: "errors", label: "Errors", count: 1, tone: "error", content: <p>One error</p> },
        { value: "log", label: "Log", content: <p>The log</p> },
      ]}
    />
  );
}

const meta = { title: "Parts/Controls" } satisfies Meta;

export default meta;
type Story = StoryObj;

export const Buttons: Story = {
  render: () => (
    <Sheet>
      <div className="sheet--row">
        <Button>Plain</Button>
        <Button look="primary">Submit</Button>
        <Button look="danger">Delete 3 jobs</Button>
        <Button look="quiet">Quiet</Button>
        <Button busy>Sending…</Button>
        <Button disabled>Not now</Button>
        <IconButton label="Play" shortcut="Space" icon={<PlayIcon />} />
        <Menu label="More" items={[{ kind: "action", label: "Cancel", onSelect: () => undefined }]} />
      </div>
    </Sheet>
  ),
};
export const DarkButtons: Story = { ...Buttons, globals: { theme: "dark" } };
export const Statuses: Story = {
  render: () => (
    <Sheet>
      {STATUSES.map((status) => (
        <StatusBadge key={status} status={status} />
      ))}
    </Sheet>
  ),
};
export const DarkStatuses: Story = { ...Statuses, globals: { theme: "dark" } };
export const SomeTabs: Story = {
  render: () => (
    <Sheet>
      <Chosen />
    </Sheet>
  ),
};
export const Nothing: Story = {
  render: () => (
    <Sheet>
      <EmptyState title="No jobs yet" action={<Button look="primary">Submit a file</Button>}>
        What you submit is listed here.
      </EmptyState>
    </Sheet>
  ),
};
export const Failure: Story = {
  render: () => (
    <Sheet>
      <ErrorState
        title="The file could not be sent."
        safe="Nothing was submitted, and the file is as it was."
        next="Look whether the network is there, then send it again."
        code="UPLOAD_FAILED"
        action={<Button>Send again</Button>}
      />
    </Sheet>
  ),
};
export const DarkFailure: Story = { ...Failure, globals: { theme: "dark" } };
export const Loading: Story = {
  render: () => (
    <Sheet>
      <Skeleton width="40%" height="1.5rem" />
      <Skeleton height="8rem" />
    </Sheet>
  ),
};
export const Question: Story = {
  render: () => (
    <Sheet>
      <Dialog
        open
        onOpenChange={() => undefined}
        title="Delete this job?"
        description="Its frames, its log and the input are deleted for good."
        actions={
          <>
            <Button>Keep it</Button>
            <Button look="danger">Delete</Button>
          </>
        }
      />
    </Sheet>
  ),
};
export const Keys: Story = {
  render: () => (
    <Sheet>
      <KeyHelp open onOpenChange={() => undefined} />
    </Sheet>
  ),
};
export const DarkKeys: Story = { ...Keys, globals: { theme: "dark" } };

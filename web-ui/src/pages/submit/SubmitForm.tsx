import { type ReactElement, useRef, useState } from "react";

import { useDevices, useManifest, usePlugins } from "../../api/plugins.ts";
import { wordsFor } from "../../api/problems.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { device as devicePreference, plugin as pluginPreference, usePreference } from "../preferences.ts";
import { grouped } from "../quantities.ts";
import { askFor, type Chosen } from "./chosen.ts";
import { FieldGroup, Select } from "./Field.tsx";
import { FileChoice } from "./FileChoice.tsx";
import { commonKindOf, isManifest } from "./kinds.ts";
import { OptionsSection, type ToolOptions } from "./OptionsSection.tsx";
import { PluginChoice } from "./PluginChoice.tsx";
import { refusalsOf } from "./refusals.ts";
import "./SubmitForm.css";
import { ToolChoice } from "./ToolChoice.tsx";
import { UploadPanel } from "./UploadPanel.tsx";
import { useIncomingFiles } from "./useIncomingFiles.ts";
import { filesOf, useSubmission } from "./useSubmission.ts";

const DEVICE_OPTIONS = [
  { value: "cpu", label: "CPU" },
  { value: "gpu", label: "GPU, or the CPU where there is none" },
  { value: "auto", label: "Whatever is free first" },
] as const;
const PRIORITY_OPTIONS = [
  { value: "low", label: "Low: when nothing else waits" },
  { value: "normal", label: "Normal" },
  { value: "high", label: "High: before all others" },
] as const;
type Priority = (typeof PRIORITY_OPTIONS)[number]["value"];

/** Hand in a file, or many at once: what it is, who looks at it, and how. */
export function SubmitForm({ onAccepted }: { onAccepted: (path: string) => void }): ReactElement {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [missingFile, setMissingFile] = useState(false);
  const [wantedPlugin, setWantedPlugin] = usePreference(pluginPreference);
  const [wantedTools, setWantedTools] = useState<Readonly<Record<string, readonly string[]>>>({});
  const [options, setOptions] = useState<Readonly<Record<string, ToolOptions>>>({});
  const [invalid, setInvalid] = useState<ReadonlySet<string>>(new Set());
  const [device, setDevice] = usePreference(devicePreference);
  const [priority, setPriority] = useState<Priority>("normal");
  const fileInput = useRef<HTMLInputElement>(null);
  const submission = useSubmission(onAccepted);
  const isSending = submission.state.phase === "sending";

  const take = (files: Chosen | null) => {
    if (isSending) return;
    setChosen(files);
    setMissingFile(false);
  };
  const isOver = useIncomingFiles(take);
  const files = chosen?.files ?? [];
  const [file] = files;
  const manifest = files.length === 1 && file !== undefined && isManifest(file) ? file : null;
  const isBatch = files.length > 1 || manifest !== null;

  const plugins = usePlugins();
  const devices = useDevices();
  const hasGpu = devices.data?.some(({ name }) => name === "gpu");
  const kind = manifest === null ? commonKindOf(files) : null;
  const usable = plugins.data?.filter(
    (item) => item.state === "ready" && (kind === null || item.input_types.includes(kind)),
  );
  const plugin = (usable?.find((item) => item.name === wantedPlugin) ?? usable?.[0])?.name ?? null;
  const about = useManifest(plugin);
  const allTools = about.data?.tools ?? [];
  const chosenTools = (plugin === null ? undefined : wantedTools[plugin]) ?? allTools.slice(0, 1).map(({ name }) => name);
  const pluginOptions = (plugin === null ? undefined : options[plugin]) ?? {};

  const failed = submission.state.phase === "failed" ? submission.state : null;
  const isFileRefused = failed?.problem.code === "UNSUPPORTED_INPUT";
  // That one file is refused says nothing of another, nor of another tool.
  const isOutdated =
    isFileRefused && (filesOf(failed.submission).some((one, place) => one !== files[place]) || failed.submission.tools.join() !== chosenTools.join());
  const failure = failed === null || isOutdated ? null : failed.problem;
  const refusals = refusalsOf(failure?.fields ?? [], chosenTools);
  const badTools = chosenTools.filter((tool) => invalid.has(`${plugin ?? ""}.${tool}`));

  const submit = () => {
    if (file === undefined) {
      setMissingFile(true);
      return;
    }
    if (plugin === null || chosenTools.length === 0 || badTools.length > 0) return;
    const [only] = chosenTools;
    const how = {
      plugin,
      tools: chosenTools,
      options: chosenTools.length === 1 && only !== undefined ? (pluginOptions[only] ?? {}) : pluginOptions,
      device,
      priority,
    };
    const name = manifest?.name ?? chosen?.folder ?? null;
    submission.submit(isBatch ? { ...how, files: manifest === null ? files : [], manifest, name } : { ...how, file });
  };

  const what = manifest !== null ? "the manifest" : files.length > 1 ? `${grouped(files.length)} files` : "the file";
  const words = failure === null ? null : wordsFor(failure, "submit");
  return (
    <form
      className="submit-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <FileChoice
        chosen={chosen}
        error={missingFile ? "Choose an image or a video first." : (refusals.fields.file ?? null)}
        disabled={isSending}
        isOver={isOver}
        input={fileInput}
        onFiles={take}
      />
      <FieldGroup title="Plugin">
        <PluginChoice
          plugins={plugins.data}
          failure={plugins.error}
          chosen={plugin}
          kind={kind}
          error={refusals.fields.plugin ?? null}
          disabled={isSending}
          onChoose={setWantedPlugin}
          onRetry={() => void plugins.refetch()}
        />
      </FieldGroup>
      {plugin !== null && allTools.length > 1 && (
        <ToolChoice
          tools={allTools}
          chosen={chosenTools}
          error={chosenTools.length === 0 ? "Choose at least one tool." : (refusals.fields.tool ?? null)}
          disabled={isSending}
          onChange={(names) => {
            setWantedTools({ ...wantedTools, [plugin]: names });
          }}
        />
      )}
      {plugin !== null && about.data !== undefined && (
        <OptionsSection
          key={plugin}
          tools={allTools.filter((tool) => chosenTools.includes(tool.name))}
          options={pluginOptions}
          refused={refusals.options}
          disabled={isSending}
          onChange={(tool, values, valid) => {
            setOptions((before) => ({ ...before, [plugin]: { ...before[plugin], [tool]: values } }));
            setInvalid((before) => {
              const place = `${plugin}.${tool}`;
              if (before.has(place) === !valid) return before;
              const after = new Set(before);
              if (valid) after.delete(place);
              else after.add(place);
              return after;
            });
          }}
        />
      )}
      <div className="submit-form__row">
        <Select
          id="device-selector"
          label="Device"
          value={device}
          options={DEVICE_OPTIONS}
          hint={device === "gpu" && hasGpu === false ? "No worker has a GPU now: the CPU will do it." : ""}
          error={refusals.fields.device ?? null}
          disabled={isSending}
          onChange={setDevice}
        />
        <Select
          id="priority-selector"
          label="Priority"
          value={priority}
          options={PRIORITY_OPTIONS}
          error={refusals.fields.priority ?? null}
          disabled={isSending}
          onChange={setPriority}
        />
      </div>
      {words !== null && (
        <ErrorState
          title={words.title}
          safe={[words.what, words.safe].filter((text) => text !== "" && text !== words.title).join(" ")}
          next={words.next}
          code={failure?.code ?? null}
        />
      )}
      <div className="submit-form__end">
        {submission.state.phase === "sending" ? (
          <UploadPanel progress={submission.state.progress} what={what} onCancel={submission.cancel} />
        ) : (
          <>
            {failure !== null && isFileRefused ? (
              <Button look="primary" onClick={() => askFor("files", fileInput.current)}>
                Choose another file
              </Button>
            ) : (
              <Button type="submit" look="primary" disabled={plugin === null || chosenTools.length === 0 || badTools.length > 0}>
                {failure !== null ? "Try again" : files.length > 1 ? `Run all ${grouped(files.length)}` : "Run it"}
              </Button>
            )}
            <span className="submit-form__hint">
              {badTools.length > 0
                ? "An option has a value that can't be used: it is marked above."
                : plugins.data?.length === 0
                  ? "No worker is connected now: start one, and it can be sent."
                  : file === undefined
                    ? "Choose a file first."
                    : failure !== null
                      ? ""
                      : isBatch
                        ? "They are one batch: you see how it goes as soon as it is sent."
                        : "You see it work as soon as it is sent."}
            </span>
          </>
        )}
      </div>
    </form>
  );
}

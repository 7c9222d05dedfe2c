import type { ReactElement } from "react";

import type { PluginSummary } from "../../api/plugins.ts";
import { wordsFor } from "../../api/problems.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { FieldError } from "./Field.tsx";
import type { MediaKind } from "./kinds.ts";
import "./PluginChoice.css";

export interface PluginChoiceProps {
  /** Undefined while they are loaded. */
  plugins: readonly PluginSummary[] | undefined;
  failure: unknown;
  chosen: string | null;
  kind: MediaKind | null;
  error: string | null;
  disabled: boolean;
  onChoose: (plugin: string) => void;
  onRetry: () => void;
}

/** What a plugin can't do with this file, or why it can't be used at all; null where it can. */
function hindrance(plugin: PluginSummary, kind: MediaKind | null): string | null {
  if (plugin.state === "failed") return `Could not be loaded: ${plugin.reason ?? "the worker does not say why"}`;
  if (kind !== null && !plugin.input_types.includes(kind)) return `Takes ${plugin.input_types.join(" and ")} only`;
  return null;
}

function Choice({ plugin, props }: { plugin: PluginSummary; props: PluginChoiceProps }): ReactElement {
  const hindered = hindrance(plugin, props.kind);
  const about = `plugin-${plugin.name}-about`;
  return (
    <label className="plugin-choice" data-hindered={hindered === null ? undefined : ""}>
      <input
        type="radio"
        name="plugin"
        value={plugin.name}
        checked={props.chosen === plugin.name}
        disabled={props.disabled || hindered !== null}
        aria-labelledby={`plugin-${plugin.name}-title`}
        aria-describedby={about}
        onChange={() => {
          props.onChoose(plugin.name);
        }}
      />
      <span className="plugin-choice__text">
        <span className="plugin-choice__title" id={`plugin-${plugin.name}-title`}>{plugin.title ?? plugin.name}</span>
        <span className="plugin-choice__about" id={about}>
          {hindered ?? plugin.description}
        </span>
      </span>
      {plugin.version !== null && <span className="plugin-choice__version">{plugin.version}</span>}
    </label>
  );
}

/** Which plugin looks at the file. */
export function PluginChoice(props: PluginChoiceProps): ReactElement {
  const { plugins, failure, error } = props;
  if (plugins === undefined && failure !== null) {
    const words = wordsFor(failure, "read");
    const retry = <Button onClick={props.onRetry}>Try again</Button>;
    return <ErrorState title="The plugins could not be read" safe={words.what} next={words.next} action={retry} />;
  }
  if (plugins === undefined) {
    return (
      <div role="status">
        <span className="visually-hidden">Loading the plugins</span>
        <Skeleton height="3.6rem" />
      </div>
    );
  }
  if (plugins.length === 0) {
    return (
      <p className="plugin-choice__none" role="status">
        No worker is connected now, so there is nothing to choose. This list fills by itself as soon as one has started (
        <code>transom worker</code>).
      </p>
    );
  }
  return (
    <>
      <div className="plugin-choice__list">
        {plugins.map((plugin) => (
          <Choice key={plugin.name} plugin={plugin} props={props} />
        ))}
      </div>
      <FieldError message={error} />
    </>
  );
}

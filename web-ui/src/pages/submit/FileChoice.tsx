import { type ReactElement, type RefObject, useId } from "react";

import { Button } from "../../components/Button.tsx";
import { bytes, grouped } from "../quantities.ts";
import { askFor, type Chosen, chosenBy } from "./chosen.ts";
import { FieldError } from "./Field.tsx";
import "./FileChoice.css";
import { FilePreview } from "./FilePreview.tsx";
import { isManifest } from "./kinds.ts";

export interface FileChoiceProps {
  chosen: Chosen | null;
  error: string | null;
  disabled: boolean;
  /** Files are being dragged over the page. */
  isOver: boolean;
  /** The input, for others that let a file be chosen. */
  input: RefObject<HTMLInputElement | null>;
  onFiles: (chosen: Chosen | null) => void;
}

/** Of many files the first are named. */
const NAMED = 3;

function One({ file }: { file: File }): ReactElement {
  return (
    <>
      <p className="file-choice__name">{file.name}</p>
      <p className="file-choice__hint">
        {bytes(file.size)}
        {file.type !== "" && ` · ${file.type}`}
      </p>
      {isManifest(file) && <p className="file-choice__hint">A manifest: each of its entries becomes an item of one batch.</p>}
    </>
  );
}

function Many({ chosen: { files, folder } }: { chosen: Chosen }): ReactElement {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const more = files.length - NAMED;
  return (
    <>
      <p className="file-choice__name">
        {`${grouped(files.length)} files`}
        {folder !== null && ` of ${folder}`}
      </p>
      <p className="file-choice__hint">{`${bytes(size)} in all · one batch`}</p>
      <ul className="file-choice__files">
        {files.slice(0, NAMED).map((file, place) => (
          <li key={place}>{file.name}</li>
        ))}
        {more > 0 && <li>{`and ${grouped(more)} more`}</li>}
      </ul>
    </>
  );
}

/** What to look at: a file, several, a folder or a manifest; dropped, pasted, or chosen. */
export function FileChoice({ chosen, error, disabled, isOver, input, onFiles }: FileChoiceProps): ReactElement {
  const id = useId();
  const chooseFiles = () => askFor("files", input.current);
  const chooseFolder = () => askFor("folder", input.current);
  const [first] = chosen?.files ?? [];
  return (
    <div className="file-choice" data-over={isOver ? "" : undefined} data-invalid={error === null ? undefined : ""}>
      <label className="visually-hidden" htmlFor={id}>
        Images and videos, or a manifest
      </label>
      <input
        ref={input}
        id={id}
        className="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        accept="image/*,video/*,.mkv,.ts,.mts,.csv,.ndjson,.jsonl,.json"
        disabled={disabled}
        aria-describedby={error === null ? undefined : `${id}-error`}
        onChange={(event) => {
          const files = chosenBy(event.target.files);
          if (files.files.length > 0) onFiles(files);
          // The same file may be chosen again.
          event.target.value = "";
        }}
      />
      {chosen === null || first === undefined ? (
        <div className="file-choice__empty">
          <p className="file-choice__title">{isOver ? "Drop it" : "Drop images, videos or a folder anywhere"}</p>
          <p className="file-choice__hint">or paste one, or a manifest (CSV, NDJSON, JSON), or</p>
          <div className="file-choice__buttons">
            <Button onClick={chooseFiles} disabled={disabled}>
              Choose files
            </Button>
            <Button onClick={chooseFolder} disabled={disabled}>
              Choose a folder
            </Button>
          </div>
        </div>
      ) : (
        <div className="file-choice__chosen">
          <FilePreview file={first} />
          <div className="file-choice__about">
            {chosen.files.length === 1 ? <One file={first} /> : <Many chosen={chosen} />}
            <div className="file-choice__actions">
              <Button onClick={chooseFiles} disabled={disabled}>
                {chosen.files.length === 1 ? "Choose another" : "Choose others"}
              </Button>
              <Button
                look="quiet"
                disabled={disabled}
                onClick={() => {
                  onFiles(null);
                }}
              >
                Remove
              </Button>
            </div>
          </div>
        </div>
      )}
      <FieldError id={`${id}-error`} message={error} />
    </div>
  );
}

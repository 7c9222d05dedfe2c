import { type ReactElement, type RefObject, useId } from "react";

import { Button } from "../../components/Button.tsx";
import { bytes } from "../quantities.ts";
import { FieldError } from "./Field.tsx";
import "./FileChoice.css";
import { FilePreview } from "./FilePreview.tsx";

export interface FileChoiceProps {
  file: File | null;
  error: string | null;
  disabled: boolean;
  /** A file is being dragged over the page. */
  isOver: boolean;
  /** The input, for others that let a file be chosen. */
  input: RefObject<HTMLInputElement | null>;
  onFile: (file: File | null) => void;
}

/** The file to look at: dropped, pasted, or chosen. */
export function FileChoice({ file, error, disabled, isOver, input, onFile }: FileChoiceProps): ReactElement {
  const id = useId();
  const choose = () => input.current?.click();
  return (
    <div className="file-choice" data-over={isOver ? "" : undefined} data-invalid={error === null ? undefined : ""}>
      <label className="visually-hidden" htmlFor={id}>
        Image or video
      </label>
      <input
        ref={input}
        id={id}
        className="visually-hidden"
        type="file"
        tabIndex={-1}
        accept="image/*,video/*,.mkv,.ts,.mts"
        disabled={disabled}
        aria-describedby={error === null ? undefined : `${id}-error`}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen !== undefined) onFile(chosen);
          // The same file may be chosen again.
          event.target.value = "";
        }}
      />
      {file === null ? (
        <div className="file-choice__empty">
          <p className="file-choice__title">{isOver ? "Drop it" : "Drop an image or a video anywhere"}</p>
          <p className="file-choice__hint">or paste one, or</p>
          <Button onClick={choose} disabled={disabled}>
            Choose a file
          </Button>
        </div>
      ) : (
        <div className="file-choice__chosen">
          <FilePreview file={file} />
          <div className="file-choice__about">
            <p className="file-choice__name">{file.name}</p>
            <p className="file-choice__hint">
              {bytes(file.size)}
              {file.type !== "" && ` · ${file.type}`}
            </p>
            <div className="file-choice__actions">
              <Button onClick={choose} disabled={disabled}>
                Choose another
              </Button>
              <Button
                look="quiet"
                disabled={disabled}
                onClick={() => {
                  onFile(null);
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

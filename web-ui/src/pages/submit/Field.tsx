import type { ReactElement, ReactNode } from "react";

import { ErrorIcon } from "../../components/icons.tsx";
import "./Field.css";

/** What is wrong with a field. */
export function FieldError({ id, message }: { id?: string; message: string | null }): ReactElement | null {
  if (message === null) return null;
  return (
    <p className="field-error" id={id}>
      <ErrorIcon />
      {message}
    </p>
  );
}

/** Some fields under one heading. */
export function FieldGroup({ title, hint, children }: { title: string; hint?: string; children: ReactNode }): ReactElement {
  return (
    <fieldset className="field-group">
      <legend className="field-group__title">{title}</legend>
      {hint !== undefined && <p className="field-group__hint">{hint}</p>}
      {children}
    </fieldset>
  );
}

export interface SelectProps<T extends string> {
  id: string;
  label: string;
  value: T;
  options: readonly { value: T; label: string; disabled?: boolean }[];
  /** Space is kept for it also while it is empty. */
  hint?: string;
  error: string | null;
  disabled: boolean;
  onChange: (value: T) => void;
}

/** One of a few. */
export function Select<T extends string>(props: SelectProps<T>): ReactElement {
  const { id, label, value, options, hint, error, disabled, onChange } = props;
  const described = [hint !== undefined && `${id}-hint`, error !== null && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="select-field">
      <label className="select-field__label" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className="select-field__select"
        value={value}
        disabled={disabled}
        aria-invalid={error !== null}
        aria-describedby={described === "" ? undefined : described}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled === true}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p className="select-field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldError id={`${id}-error`} message={error} />
    </div>
  );
}

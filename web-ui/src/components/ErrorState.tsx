import type { ReactElement, ReactNode } from "react";

import { ErrorIcon } from "./icons.tsx";
import "./ErrorState.css";

export interface ErrorStateProps {
  /** What happened. */
  title: string;
  /** What is safe all the same. */
  safe?: string;
  /** What to do next. */
  next?: string;
  /** The stable code, for those who look it up or report it. */
  code?: string | null;
  /** What to press. */
  action?: ReactNode;
}

/** Something failed: what happened, what is safe, what to do next. */
export function ErrorState({ title, safe, next, code, action }: ErrorStateProps): ReactElement {
  return (
    <div className="error-state" role="alert">
      <ErrorIcon />
      <div className="error-state__text">
        <p className="error-state__title">{title}</p>
        {safe !== undefined && <p>{safe}</p>}
        {next !== undefined && <p>{next}</p>}
        {code !== undefined && code !== null && <code className="error-state__code">{code}</code>}
      </div>
      {action !== undefined && <div className="error-state__action">{action}</div>}
    </div>
  );
}

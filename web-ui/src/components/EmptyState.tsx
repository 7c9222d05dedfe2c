import type { ReactElement, ReactNode } from "react";

import { PictureIcon } from "./icons.tsx";
import "./EmptyState.css";

export interface EmptyStateProps {
  title: string;
  /** Why nothing is here, and what comes. */
  children?: ReactNode;
  /** The next step. */
  action?: ReactNode;
}

/** Where there is nothing to show yet. */
export function EmptyState({ title, children, action }: EmptyStateProps): ReactElement {
  return (
    <div className="empty-state">
      <PictureIcon />
      <p className="empty-state__title">{title}</p>
      {children !== undefined && <div className="empty-state__text">{children}</div>}
      {action}
    </div>
  );
}

import type { ReactElement } from "react";

import "./Skeleton.css";

export interface SkeletonProps {
  /** CSS lengths: the shape of what will come, so that nothing moves when it does. */
  width?: string;
  height?: string;
}

/** Space kept for what is being loaded. Say that something loads beside it, once: this says nothing. */
export function Skeleton({ width = "100%", height = "1em" }: SkeletonProps): ReactElement {
  return <span className="skeleton" aria-hidden="true" style={{ width, height }} />;
}

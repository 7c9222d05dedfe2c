import { type ReactElement, useState } from "react";

import { Button } from "../../components/Button.tsx";
import "./Pager.css";
import type { JobQueryControl } from "./useJobQuery.ts";

/** From page to page. */
export function Pager({ control, nextAfter }: { control: JobQueryControl; nextAfter: string | null }): ReactElement | null {
  /** The pages that were passed on the way here, as far as this visit knows them. */
  const [trail, setTrail] = useState<readonly (string | null)[]>([]);
  if (control.isFirstPage && nextAfter === null) return null;
  const newer = control.sort === "-created_at" ? "Newer" : "Older";
  const older = control.sort === "-created_at" ? "Older" : "Newer";
  return (
    <nav className="pager" aria-label="Pages of the list">
      <Button
        disabled={control.isFirstPage}
        onClick={() => {
          setTrail(trail.slice(0, -1));
          control.goTo(trail.at(-1) ?? null);
        }}
      >
        ‹ {newer}
      </Button>
      <Button
        disabled={nextAfter === null}
        onClick={() => {
          setTrail(control.isFirstPage ? [null] : [...trail, control.query.after ?? null]);
          control.goTo(nextAfter);
        }}
      >
        {older} ›
      </Button>
    </nav>
  );
}

import type { ReactElement } from "react";

import "./KeyList.css";

/** Keys that do the same or belong together, as they are written on the keyboard, and what they do. */
export type KeyMeaning = readonly [keys: readonly string[], does: string];

/** Keys and what they do. */
export function KeyList({ keys: all }: { keys: readonly KeyMeaning[] }): ReactElement {
  return (
    <dl className="key-list">
      {all.map(([keys, does]) => (
        <div key={does} className="key-list__row">
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}

import type { ReactElement, ReactNode } from "react";

import "./Sheet.css";

/** A sheet to lay single components on. */
export function Sheet({ children, width }: { children: ReactNode; width?: string }): ReactElement {
  return (
    <main className="sheet" style={{ maxWidth: width }}>
      {children}
    </main>
  );
}

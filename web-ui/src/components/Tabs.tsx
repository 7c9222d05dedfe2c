import { Tabs as RadixTabs } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

import "./Tabs.css";

export interface Tab {
  value: string;
  label: string;
  /** How many there are of what it shows; told beside the label. */
  count?: number;
  /** Draws the eye where there are any. */
  tone?: "warning" | "error";
  content: ReactNode;
}

export interface TabsProps {
  /** What the tabs are about. */
  label: string;
  tabs: readonly Tab[];
  value: string;
  onValueChange: (value: string) => void;
}

/** Tabs; the arrow keys move between them. Only the chosen one's content is in the page. */
export function Tabs({ label, tabs, value, onValueChange }: TabsProps): ReactElement {
  return (
    <RadixTabs.Root className="tabs" value={value} onValueChange={onValueChange}>
      <RadixTabs.List className="tabs__list" aria-label={label}>
        {tabs.map((tab) => (
          <RadixTabs.Trigger key={tab.value} value={tab.value} className="tabs__tab">
            {tab.label}
            {tab.count !== undefined && (
              <span className="tabs__count" data-tone={tab.count > 0 ? tab.tone : undefined}>
                {`(${tab.count.toLocaleString("en")})`}
              </span>
            )}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {tabs.map((tab) => (
        <RadixTabs.Content key={tab.value} value={tab.value} className="tabs__content" tabIndex={-1}>
          {tab.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  );
}

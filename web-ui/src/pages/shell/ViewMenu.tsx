import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";

import { serverPath } from "../../api/root.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { DoneIcon } from "../../components/icons.tsx";
import "../../components/Menu.css";
import { DENSITIES, density, type Preference, theme, THEMES, usePreference } from "../preferences.ts";
import "./ViewMenu.css";

const WORDS = {
  system: "As the system",
  light: "Light",
  dark: "Dark",
  comfortable: "Comfortable",
  compact: "Compact",
} as const;

function Choice<T extends keyof typeof WORDS>(props: {
  label: string;
  values: readonly T[];
  choice: Preference<T>;
}): ReactElement {
  const [chosen, choose] = usePreference(props.choice);
  return (
    <>
      <DropdownMenu.Label className="view-menu__label">{props.label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup
        value={chosen}
        onValueChange={(value) => {
          const known = props.values.find((item) => item === value);
          if (known !== undefined) choose(known);
        }}
      >
        {props.values.map((value) => (
          <DropdownMenu.RadioItem key={value} value={value} className="menu__item view-menu__item">
            {WORDS[value]}
            <DropdownMenu.ItemIndicator>
              <DoneIcon />
            </DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  );
}

function ContrastIcon(): ReactElement {
  return (
    <svg aria-hidden="true" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor">
      <circle cx="8" cy="8" r="5.5" strokeWidth="1.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" stroke="none" />
    </svg>
  );
}

/** How the pages look: theme and density, remembered. */
export function ViewMenu(): ReactElement {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton label="Look of the pages" icon={<ContrastIcon />} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} aria-label="Look of the pages">
          <Choice label="Theme" values={THEMES} choice={theme} />
          <DropdownMenu.Separator className="menu__separator" />
          <Choice label="Density" values={DENSITIES} choice={density} />
          <DropdownMenu.Separator className="menu__separator" />
          <DropdownMenu.Item className="menu__item" asChild>
            <a href={serverPath("/docs")}>API documentation</a>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

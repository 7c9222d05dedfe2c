import { DropdownMenu } from "radix-ui";
import { useRef, type ReactElement, type ReactNode } from "react";

import { IconButton } from "./IconButton.tsx";
import { MoreIcon } from "./icons.tsx";
import "./Menu.css";

export type MenuItem =
  | { kind: "action"; label: string; onSelect: () => void; danger?: boolean; disabled?: boolean }
  /** Something to download or to open. */
  | { kind: "link"; label: string; href: string; download?: boolean }
  | { kind: "separator" };

export interface MenuProps {
  /** What it is a menu of. */
  label: string;
  items: readonly MenuItem[];
  /** The button that opens it; three dots where none is given. */
  trigger?: ReactNode;
}

/**
 * A list of things to do, behind a button. What was chosen is done once the focus is back on that button, so that a
 * question which opens can give it back.
 */
export function Menu({ label, items, trigger }: MenuProps): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  const chosen = useRef<(() => void) | null>(null);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger ref={button} asChild>
        {trigger ?? <IconButton label={label} icon={<MoreIcon />} />}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align="end"
          sideOffset={4}
          aria-label={label}
          onCloseAutoFocus={(event) => {
            const act = chosen.current;
            if (act === null) return;
            event.preventDefault();
            chosen.current = null;
            button.current?.focus();
            act();
          }}
        >
          {items.map((item, place) => (
            <Item
              key={item.kind === "separator" ? `separator ${place}` : item.label}
              item={item}
              onChoose={(act) => (chosen.current = act)}
            />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({ item, onChoose }: { item: MenuItem; onChoose: (act: () => void) => void }): ReactElement {
  switch (item.kind) {
    case "separator":
      return <DropdownMenu.Separator className="menu__separator" />;
    case "link":
      return (
        <DropdownMenu.Item className="menu__item" asChild>
          <a href={item.href} download={item.download === true ? "" : undefined}>
            {item.label}
          </a>
        </DropdownMenu.Item>
      );
    case "action":
      return (
        <DropdownMenu.Item
          className="menu__item"
          data-danger={item.danger === true ? "" : undefined}
          disabled={item.disabled === true}
          onSelect={() => onChoose(item.onSelect)}
        >
          {item.label}
        </DropdownMenu.Item>
      );
  }
}

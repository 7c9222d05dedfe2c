import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";

import { Button } from "../../components/Button.tsx";
import { DoneIcon } from "../../components/icons.tsx";
import "../../components/Menu.css";
import { type Column, columnShown, COLUMNS, usePreference } from "../preferences.ts";
import "../shell/ViewMenu.css";

const WORDS: Record<Column, string> = { plugin: "Plugin", device: "Device", created: "Created", took: "Took" };

function Item({ column }: { column: Column }): ReactElement {
  const [shown, show] = usePreference(columnShown[column]);
  return (
    <DropdownMenu.CheckboxItem
      className="menu__item view-menu__item"
      checked={shown === "on"}
      onCheckedChange={(checked) => {
        show(checked ? "on" : "off");
      }}
      // Several are chosen at one go.
      onSelect={(event) => {
        event.preventDefault();
      }}
    >
      {WORDS[column]}
      <DropdownMenu.ItemIndicator>
        <DoneIcon />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  );
}

/** Which columns the list of jobs has, remembered. */
export function ColumnMenu(): ReactElement {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button className="column-menu">Columns</Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} aria-label="Columns">
          {COLUMNS.map((column) => (
            <Item key={column} column={column} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

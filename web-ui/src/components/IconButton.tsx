import type { ReactElement, ReactNode } from "react";

import { Button, type ButtonProps } from "./Button.tsx";

export interface IconButtonProps extends Omit<ButtonProps, "children" | "aria-label" | "title"> {
  /** What it does, for those who do not see the icon; shown on hovering as well. */
  label: string;
  /** The key that does the same, shown after the label. */
  shortcut?: string;
  icon: ReactNode;
}

/** How a key is written on the keyboard, where that is not how browsers name it. */
const CAPS: Readonly<Record<string, string>> = { ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", "-": "−" };

/** A button with a picture in place of words. */
export function IconButton({ label, shortcut, icon, className, look = "quiet", ...rest }: IconButtonProps): ReactElement {
  const names = ["button--icon", className].filter(Boolean).join(" ");
  return (
    <Button
      {...rest}
      look={look}
      className={names}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={shortcut === undefined ? label : `${label} (${CAPS[shortcut] ?? shortcut})`}
    >
      {icon}
    </Button>
  );
}

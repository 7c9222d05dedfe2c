import type { ButtonHTMLAttributes, ReactElement, Ref } from "react";

import "./Button.css";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the one thing to do next. `danger`: something is lost by it. `quiet`: without a frame. */
  look?: "plain" | "primary" | "danger" | "quiet";
  /** Whether what it began is still under way: it says so and can't be pressed twice. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with words. */
export function Button({
  look = "plain",
  busy = false,
  className,
  disabled,
  type = "button",
  ...rest
}: ButtonProps): ReactElement {
  const names = ["button", `button--${look}`, className].filter(Boolean).join(" ");
  return <button {...rest} type={type} className={names} disabled={disabled === true || busy} aria-busy={busy} />;
}

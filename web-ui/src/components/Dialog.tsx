import { useId, useLayoutEffect, useRef, type ReactElement, type ReactNode } from "react";

import { IconButton } from "./IconButton.tsx";
import { CloseIcon } from "./icons.tsx";
import "./Dialog.css";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One or two sentences below the title. */
  description?: string;
  children?: ReactNode;
  /** The buttons, the one to press first at the end. */
  actions?: ReactNode;
}

/** A question or a table over the page. The focus stays in it and returns to where it was; Escape closes it. */
export function Dialog({ open, ...rest }: DialogProps): ReactElement | null {
  return open ? <Opened {...rest} /> : null;
}

/** The browser's own: it holds the focus by itself, and needs no inline style, which the page's policy forbids. */
function Opened({ onOpenChange, title, description, children, actions }: Omit<DialogProps, "open">): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const close = (): void => onOpenChange(false);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      role="dialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={description === undefined ? undefined : `${id}-description`}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        // What lies below has its own use for this key.
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className="dialog__content">
        <header className="dialog__header">
          <h2 id={`${id}-title`} className="dialog__title">
            {title}
          </h2>
          <IconButton label="Close" icon={<CloseIcon />} onClick={close} />
        </header>
        {description !== undefined && (
          <p id={`${id}-description`} className="dialog__description">
            {description}
          </p>
        )}
        {children}
        {actions !== undefined && <footer className="dialog__actions">{actions}</footer>}
      </div>
    </dialog>
  );
}
